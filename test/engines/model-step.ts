import {
  hostArray,
  randomStream,
  type Engine,
  type HostArray,
  type Model,
  type TensorRecord,
  type TensorVariables,
} from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';

/** Enough that batch statistics over a single pixel are not those of nearly equal numbers. */
const batch = 6;

export type Results = ReadonlyMap<string, HostArray>;

/** Losses, statistics and gradients of one training step, and the attack gradient, of a seeded network. */
export async function runStep(engine: Engine, model: Model, seed: number): Promise<Results> {
  const { height, width, channels } = model.shape;
  const pixels = randomStream(seed)
    .derive('images')
    .uniform(batch * height * width * channels);
  const labels = Int32Array.from({ length: batch }, (_, index) => index % model.classes);
  const given = {
    network: disturbed(model, seed),
    images: hostArray(pixels, [batch, height, width, channels]),
    labels: hostArray(labels, [batch]),
  };
  const compiled = engine.compile(step(model) as unknown as (inputs: TensorRecord) => TensorRecord, {
    name: 'step',
  });
  const results = new Map<string, HostArray>();
  collect(await compiled(given as never), '', results);
  await compiled.dispose();
  return results;
}

function step(model: Model) {
  return ({ network, images, labels }: StepInputs): TensorRecord => {
    const loss = (logits: tf.Tensor2D): tf.Tensor1D =>
      crossEntropy(logits, tf.oneHot(labels, model.classes) as tf.Tensor2D);
    const training = valueAndGradients(() => {
      const forward = model.apply(network, images, 'train');
      const losses = loss(forward.logits);
      return { value: tf.mean(losses), auxiliary: { losses, ...forward.statistics } };
    }, network.parameters);
    const attack = valueAndGradients(
      () => {
        const { logits } = model.apply(network, images, 'eval');
        return { value: loss(logits), auxiliary: { logits } };
      },
      { images },
    );
    return {
      training: { ...training.auxiliary },
      gradients: training.gradients,
      logits: attack.auxiliary.logits!,
      attackGradient: attack.gradients.images!,
    };
  };
}

interface StepInputs {
  readonly network: TensorVariables;
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
}

/** Initial values with noise, so that nothing is 0 or 1 by accident; variances stay positive. */
function disturbed(model: Model, seed: number): TensorVariables {
  const { parameters, statistics } = model.init(randomStream(seed));
  const moved = (arrays: Readonly<Record<string, unknown>>, positive: boolean): Record<string, HostArray> =>
    Object.fromEntries(
      Object.entries(arrays as Record<string, HostArray>).map(([name, { data, shape }]) => {
        const noise = randomStream(seed).derive('noise', name).uniform(data.length, -0.03, 0.03);
        const value = (old: number, index: number): number =>
          positive ? Math.abs(old + noise[index]!) + 0.01 : old + noise[index]!;
        return [name, hostArray(Float32Array.from(data as Float32Array, value), shape)];
      }),
    );
  return {
    parameters: moved(parameters, false),
    statistics: moved(statistics, true),
  } as unknown as TensorVariables;
}

function collect(tree: unknown, path: string, into: Map<string, HostArray>): void {
  if (typeof (tree as Partial<HostArray>).read === 'function') {
    into.set(path, tree as HostArray);
    return;
  }
  for (const [key, child] of Object.entries(tree as object))
    collect(child, path ? `${path}/${key}` : key, into);
}

/**
 * The largest difference of each kind of result, as a share of the largest value in the same array, or of a
 * hundredth of the largest of its kind where an array is nothing but rounding.
 */
export function differences(got: Results, want: Results): Readonly<Record<string, number>> {
  const largest: Record<string, number> = {};
  const size = ({ data }: HostArray): number =>
    (data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [path, array] of want) {
    const kind = path.split('/', 1)[0]!;
    largest[kind] = Math.max(largest[kind] ?? 0, size(array));
  }
  const found: Record<string, number> = {};
  for (const [path, array] of want) {
    const kind = path.split('/', 1)[0]!;
    const scale = Math.max(size(array), largest[kind]! / 100, 1e-6);
    const other = got.get(path)!.data;
    array.data.forEach((value, index) => {
      const difference = Math.abs(other[index]! - value) / scale;
      found[kind] = Math.max(found[kind] ?? 0, Number.isNaN(difference) ? Infinity : difference);
    });
  }
  return found;
}
