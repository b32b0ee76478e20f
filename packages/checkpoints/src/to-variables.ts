import {
  ArdError,
  hostArray,
  type Model,
  type NdArray,
  type StoredTensor,
  type StoredTensors,
  type Variables,
} from '@ard/core';
import { describeDifferences, type Difference } from './describe-differences.js';
import { checkNormalisation } from './normalisation-metadata.js';

/** What training scripts put around a network (methods.md 9); names may carry several. */
const wrapperPrefixes = ['', 'module.', 'model.', 'module.model.', 'model.module.', 'state_dict.', 'net.'];

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
  const differences = compare(model, found);
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
  const best = wrapperPrefixes.reduce((a, b) => (matches(b) > matches(a) ? b : a));
  return new Map(
    Object.entries(tensors).map(([name, tensor]) => [
      name.startsWith(best) ? name.slice(best.length) : name,
      tensor,
    ]),
  );
}

function compare(model: Model, found: ReadonlyMap<string, StoredTensor>): readonly Difference[] {
  const expected = new Set(model.variables.map(({ name }) => name));
  const differences: Difference[] = [];
  for (const { name, shape } of model.variables) {
    const tensor = found.get(name);
    if (!tensor) {
      if (!name.endsWith('num_batches_tracked') && !isNeverExecuted(name))
        differences.push({ name, kind: 'missing' });
    } else if (tensor.shape.join() !== shape.join()) {
      differences.push({ name, kind: 'shape', found: tensor.shape, expected: shape });
    }
  }
  for (const name of found.keys()) {
    if (!expected.has(name) && !isNeverExecuted(name)) differences.push({ name, kind: 'unexpected' });
  }
  return differences;
}

/** The wide ResNets of TRADES have a block that only the checkpoints know (methods.md 8 and 9). */
function isNeverExecuted(name: string): boolean {
  return name.startsWith('sub_block1.');
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((product, extent) => product * extent, 1));
}

/** RobustBench's models keep the mean and the standard deviation of the images as tensors [1, channels, 1, 1]. */
function takeNormalisation(model: Model, found: Map<string, StoredTensor>): Readonly<Record<string, string>> {
  for (const prefix of wrapperPrefixes) {
    const [mean, std] = [found.get(`${prefix}mu`), found.get(`${prefix}sigma`)];
    if (!mean || !std || model.variables.some(({ name }) => name === `${prefix}mu`)) continue;
    found.delete(`${prefix}mu`);
    found.delete(`${prefix}sigma`);
    return { mean: JSON.stringify([...mean.data]), std: JSON.stringify([...std.data]) };
  }
  return {};
}
