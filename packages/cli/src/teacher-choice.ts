import { existsSync } from 'node:fs';
import { ArdError, type ComponentChoice, type PartialConfig, type TeacherRole } from '@ard/core';
import type { ConfigLayer, Registry } from '@ard/core/host';
import { autoTeacher } from './quick-start.js';
import { findTeacher, storeReference } from './teachers/teacher-store.js';
import { chooseNetwork } from './run/checkpoint/network-choice.js';

/** Instead of a path: the teacher is trained first, or taken from the cache. */
export const auto = 'auto';

/**
 * What `--teacher` means: `auto`, a file, `resnet-20:path.safetensors`, the folder of a run, or a teacher of the store by name
 * or hash.
 *
 * @throws ArdError when it is none of these
 */
export function parseTeacher(text: string, registry: Registry, asker = '--teacher'): ComponentChoice {
  if (text === auto || existsSync(text)) return { checkpoint: text };
  const stored = findTeacher(text);
  if (stored !== undefined) return { ...stored.model, checkpoint: storeReference(stored) };
  // variants have colons of their own, and so have paths on Windows: the longest model that fits is meant
  const model = registry
    .namesOf('model')
    .filter((name) => text.startsWith(`${name}:`))
    .sort((a, b) => b.length - a.length)[0];
  const path = model === undefined ? undefined : text.slice(model.length + 1);
  if (path !== undefined && existsSync(path)) return { id: model, checkpoint: path };
  if (path === undefined && text.includes(':')) {
    const unknown = text.slice(0, text.indexOf(':'));
    if (existsSync(text.slice(unknown.length + 1))) registry.get('model', unknown, asker);
  }
  throw new ArdError(`${asker} ${text}: there is no file or folder ${path ?? text}.`, {
    remedy:
      'Give a file, MODEL:FILE, the folder of a run, or a teacher of `ard teacher list`' +
      (asker === '--teacher' ? '; or auto, to have one trained.' : '.'),
  });
}

/** Layers with what checkpoints say about their networks, and what the user has to know. */
export interface CompletedLayers {
  readonly layers: readonly ConfigLayer[];
  /** One line each. */
  readonly notes: readonly string[];
}

/**
 * Adds what checkpoints say about their teacher: the architecture where no layer names a model, and the normalisation
 * of its images, which `--set teacher.mean=…` still overrides.
 */
export async function completeTeachers(
  layers: readonly ConfigLayer[],
  registry: Registry,
): Promise<CompletedLayers> {
  const complete = [...layers];
  const notes: string[] = [];
  for (const role of ['teacher', 'cleanTeacher'] as const) {
    const { id, checkpoint, index, origin } = effectiveChoice(layers, role);
    if (checkpoint === undefined) continue;
    const at = complete.indexOf(layers[index]!);
    if (checkpoint === auto) {
      if (id === undefined) complete.splice(at, 0, { origin, config: { [role]: autoTeacher.student! } });
      continue;
    }
    // options of layers below belong to another teacher
    const options = Object.assign(
      {},
      ...layers.slice(index).map(({ config }) => config[role]?.options),
    ) as object;
    const chosen = await chooseNetwork(
      { checkpoint, slot: role, ...(id === undefined ? {} : { id }), options: { ...options } },
      registry,
    );
    notes.push(...chosen.notes);
    const config: PartialConfig = { [role]: chosen.choice };
    complete.splice(id === undefined ? at : at + 1, 0, { origin: chosen.origin, config });
  }
  return { layers: complete, notes };
}

function effectiveChoice(
  layers: readonly ConfigLayer[],
  role: TeacherRole,
): ComponentChoice & { readonly index: number; readonly origin: string } {
  let result: ComponentChoice & { index: number; origin: string } = { index: 0, origin: '' };
  for (const [index, { origin, config }] of layers.entries()) {
    const choice = config[role];
    // another model has another checkpoint, as in resolveSlot
    if (choice?.id !== undefined && choice.id !== result.id)
      result = { ...result, id: choice.id, checkpoint: undefined };
    if (choice?.checkpoint !== undefined) {
      // a checkpoint of its own that names no model brings its own model
      result = { id: choice.id, checkpoint: choice.checkpoint, index, origin };
    }
  }
  return result;
}
