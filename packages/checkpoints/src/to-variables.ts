import {
  ArdError,
  hostArray,
  type Model,
  type NdArray,
  type StoredTensor,
  type StoredTensors,
  type Variables,
} from '@ard/core';
import { describeDifferences } from './describe-differences.js';
import { differencesOf } from './differences-of.js';
import { checkNormalisation } from './normalisation-metadata.js';
import { normalisationTensors } from './normalisation-tensors.js';
import { withoutPrefix, wrapperPrefixes } from './wrapper-prefix.js';

/**
 * The values of a model's variables from a checkpoint. Names may have the prefix of a wrapper (`module.`,
 * `model.`); what no output depends on (`num_batches_tracked`, `sub_block1.` of wide ResNets) may be missing, the
 * latter also be too many; a normalisation may stand beside the weights as `mu` and `sigma`.
 *
 * @param source where the tensors came from, for the error message
 * @throws ArdError with the first differences when names, shapes or the number of classes do not fit; when the
 *   file says that it was trained on images normalised otherwise; when a value is not finite
 */
export function toVariables(model: Model, stored: StoredTensors, source = 'the checkpoint'): Variables {
  const found = withoutWrapper(model, stored.tensors);
  const normalisation = takeNormalisation(model, found);
  const differences = differencesOf(model, new Map([...found].map(([name, { shape }]) => [name, shape])));
  if (differences.length > 0) throw describeDifferences(model, differences, source);
  checkNormalisation(model, { ...stored.metadata, ...normalisation }, source);

  const parameters: Record<string, NdArray> = {};
  const statistics: Record<string, NdArray> = {};
  for (const { name, shape, kind } of model.variables) {
    const data = found.get(name)?.data ?? zeros(shape); // only what nothing depends on may be missing
    if (!data.every(Number.isFinite)) {
      throw new ArdError(`${source} has values in ${name} that are not finite.`, {
        remedy: 'The training that wrote it diverged; use an earlier checkpoint.',
      });
    }
    (kind === 'parameter' ? parameters : statistics)[name] = hostArray(data, shape);
  }
  return { parameters, statistics };
}

/** Strips the prefix under which most of the model's names are found. */
function withoutWrapper(
  model: Model,
  tensors: Readonly<Record<string, StoredTensor>>,
): Map<string, StoredTensor> {
  const matches = (prefix: string): number =>
    model.variables.filter(({ name }) => Object.hasOwn(tensors, prefix + name)).length;
  const prefixes = wrapperPrefixes(Object.keys(tensors));
  const best = prefixes.reduce((a, b) => (matches(b) > matches(a) ? b : a));
  return withoutPrefix(Object.entries(tensors), best);
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((product, extent) => product * extent, 1));
}

/** Not of tensors that are the model's own. */
function takeNormalisation(model: Model, found: Map<string, StoredTensor>): Readonly<Record<string, string>> {
  const own = new Set(model.variables.map(({ name }) => name));
  const others = [...found]
    .filter(([name]) => !own.has(name))
    .map(([name, { shape }]) => [name, shape] as const);
  const names = normalisationTensors(new Map(others));
  if (names === undefined) return {};
  const [mean, std] = names.map((name) => JSON.stringify([...found.get(name)!.data])) as [string, string];
  for (const name of names) found.delete(name);
  return { mean, std };
}
