import { existsSync } from 'node:fs';
import { ArdError, type ComponentChoice, type PartialConfig, type TeacherRole } from '@ard/core';
import type { ConfigLayer, Registry } from '@ard/core/host';
import { autoTeacher } from './quick-start.js';
import { readArchitecture, readNormalisation } from './run/student-file.js';

/** Instead of a path: the teacher is trained first, or taken from the cache. */
export const auto = 'auto';

/**
 * What `--teacher` means: `auto`, `resnet-20:path.safetensors`, a file that ard wrote, or the folder of a run.
 *
 * @throws ArdError when it is none of these
 */
export function parseTeacher(text: string, registry: Registry): ComponentChoice {
  if (text === auto || existsSync(text)) return { checkpoint: text };
  // variants have colons of their own, and so have paths on Windows: the longest model that fits is meant
  const model = registry
    .namesOf('model')
    .filter((name) => text.startsWith(`${name}:`))
    .sort((a, b) => b.length - a.length)[0];
  const path = model === undefined ? undefined : text.slice(model.length + 1);
  if (path !== undefined && existsSync(path)) return { id: model, checkpoint: path };
  if (path === undefined && text.includes(':')) {
    const unknown = text.slice(0, text.indexOf(':'));
    if (existsSync(text.slice(unknown.length + 1))) registry.get('model', unknown, '--teacher');
  }
  throw new ArdError(`--teacher ${text}: there is no file or folder ${path ?? text}.`, {
    remedy: 'Give MODEL:FILE.safetensors, a file or run that ard wrote, or auto.',
  });
}

/**
 * Adds what checkpoints say about their teacher: the architecture where no layer names a model (ard's own files
 * tell), else the normalisation of its images, which `--set teacher.mean=…` still overrides.
 */
export async function completeTeachers(
  layers: readonly ConfigLayer[],
  registry: Registry,
): Promise<readonly ConfigLayer[]> {
  const complete = [...layers];
  for (const role of ['teacher', 'cleanTeacher'] as const) {
    const { id, checkpoint, index, origin } = effectiveChoice(layers, role);
    if (checkpoint === undefined) continue;
    if (id === undefined) {
      const architecture: ComponentChoice =
        checkpoint === auto ? autoTeacher.student! : await readArchitecture(checkpoint);
      complete.splice(complete.indexOf(layers[index]!), 0, { origin, config: { [role]: architecture } });
    } else if (checkpoint !== auto) {
      const options = await readNormalisation(checkpoint, registry.get('model', id).component);
      const config: PartialConfig = { [role]: { options } };
      complete.splice(complete.indexOf(layers[index]!) + 1, 0, {
        origin: `metadata of ${checkpoint}`,
        config,
      });
    }
  }
  return complete;
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
