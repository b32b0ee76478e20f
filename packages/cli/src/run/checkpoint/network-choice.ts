import { outlineCheckpoint } from '@ard/checkpoints';
import { ArdError, type ComponentChoice } from '@ard/core';
import type { Registry } from '@ard/core/host';
import { isDeepStrictEqual } from 'node:util';
import { checkpointFile } from '../student-file.js';
import { findArchitectures, type FoundArchitecture } from './find-architectures.js';
import { isOnnx, onnxModel } from './is-onnx.js';
import { modelNameText } from './model-name.js';
import { normalisationOptions, silentNormalisation, statedNormalisation } from './normalisation.js';

/** What a checkpoint decides where the user does not. */
export interface NetworkChoice {
  /** Model and options; the id is left out when the user gave one. */
  readonly choice: ComponentChoice;
  /** Where the values came from, for `ard explain`. */
  readonly origin: string;
  /** What the user has to know, one line each. */
  readonly notes: readonly string[];
}

export interface NetworkQuestion {
  /** A file, the folder of a run, or a teacher of the store. */
  readonly checkpoint: string;
  /** Part of the run, for messages: `teacher`. */
  readonly slot: string;
  /** The model the user named. */
  readonly id?: string;
  /** Options the user set; the model found must agree with them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads off a checkpoint what the user left open: the model, by names and shapes, and the normalisation.
 *
 * @throws ArdError when no model fits, or several; when the file cannot be read
 */
export async function chooseNetwork(question: NetworkQuestion, registry: Registry): Promise<NetworkChoice> {
  const { checkpoint, slot, id, options: given } = question;
  const file = checkpointFile(checkpoint);
  if (id === onnxModel || isOnnx(file)) {
    return {
      choice: id === undefined ? { id: onnxModel } : {},
      origin: `form of ${checkpoint}`,
      notes: [],
    };
  }
  const outline = await outlineCheckpoint(file);
  const stated = await statedNormalisation(file, outline);
  const notes: string[] = [];
  const silent = (variantOptions: Readonly<Record<string, unknown>>): boolean =>
    stated === undefined && !('mean' in given) && !('mean' in variantOptions);

  if (id !== undefined) {
    const named = registry.get('model', id);
    if (silent(named.variant?.options ?? {})) notes.push(silentNormalisation(checkpoint, slot));
    return {
      choice: { options: normalisationOptions(stated, named.component) },
      origin: `${stated?.origin ?? 'content'} of ${checkpoint}`,
      notes,
    };
  }
  const found = decide(question, await findArchitectures(outline, registry), outline.metadata);
  const { component, options, usual, assumed } = found;
  if (!found.stated) {
    const guess = `${checkpoint} holds a ${modelNameText(usual)}, by its names and shapes`;
    notes.push(`Note: ${guess}${assumed === undefined ? '' : `; taken for granted: ${assumed}`}.`);
    if (silent(options)) notes.push(silentNormalisation(checkpoint, slot));
  }
  return {
    choice: { id: component.id, options: { ...options, ...normalisationOptions(stated, component) } },
    origin: found.stated ? `metadata of ${checkpoint}` : `names and shapes in ${checkpoint}`,
    notes,
  };
}

function decide(
  { checkpoint, slot, options: given }: NetworkQuestion,
  found: readonly FoundArchitecture[],
  metadata: Readonly<Record<string, string>>,
): FoundArchitecture {
  const agreeing = found.filter(({ component, options }) => {
    const values = component.options.parse(options) as Record<string, unknown>;
    // what the file does not tell (activation, normalisation) is the user's to say
    return Object.entries(given).every(
      ([name, value]) => !(name in options) || isOpen(name) || isDeepStrictEqual(value, values[name]),
    );
  });
  const candidates = agreeing.length > 0 ? agreeing : found;
  const [first, ...others] = candidates;
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    throw new ArdError(`${checkpoint} does not say which model it holds, and no known one fits it.`, {
      remedy:
        metadata['ard.checkpoint'] === undefined
          ? `Name the model: MODEL:${checkpoint}; \`ard inspect ${checkpoint}\` shows what is inside, \`ard list model\` what there is.`
          : 'It is a checkpoint for resuming; give the folder of the finished run.',
    });
  }
  const names = candidates.map(({ usual }) => modelNameText(usual));
  throw new ArdError(`${checkpoint} may hold any of these models: ${names.join('; ')}.`, {
    remedy: `Name the one it was trained as: ${first.usual.name}:${checkpoint}${Object.entries(
      first.usual.options,
    )
      .map(([name, value]) => ` --set ${slot}.${name}=${JSON.stringify(value)}`)
      .join('')}.`,
  });
}

function isOpen(name: string): boolean {
  return name === 'mean' || name === 'std';
}
