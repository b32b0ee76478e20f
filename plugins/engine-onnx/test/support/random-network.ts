import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { hostArray, randomStream, type HostArray } from '@ard/core';
import { trace, type Graph } from '@ard/compiler';
import { batchNorm, conv2d, type BatchNormVariables } from '@ard/nn';

/** One layer of a random network over images of 16 channels, so that blocked convolutions take part. */
const layers = {
  convolution: (x, { w }) => conv2d(x, w as tf.Tensor4D, { padding: 1 }),
  strided: (x, { w }) => conv2d(x, w as tf.Tensor4D, { padding: 1, stride: 2 }),
  shortcut: (x, { w, p }) => {
    const even = [x.shape[1], x.shape[2]].map((extent) => Math.max(1, extent - (extent % 2)));
    const whole = tf.slice(x, [0, 0, 0, 0], [-1, ...even, -1] as [number, number, number, number]);
    return tf.add(
      conv2d(whole, w as tf.Tensor4D, { padding: 1, stride: 2 }),
      conv2d(whole, p as tf.Tensor4D, { stride: 2 }),
    );
  },
  depthwise: (x, { d }) => conv2d(x, d as tf.Tensor4D, { padding: 1, groups: 16 }),
  pointwise: (x, { p }) => conv2d(x, p as tf.Tensor4D),
  relu: (x) => tf.relu(x),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  frozenNorm: (x, values) => batchNorm(x, norm(values), 'eval').y,
  batchNorm: (x, values) => batchNorm(x, norm(values), 'train').y,
  residual: (x) => tf.relu(tf.add(x, tf.tanh(x))),
  scale: (x) => tf.div(tf.mul(tf.add(x, 0), 1), tf.sqrt(tf.add(tf.scalar(3), 1))),
  twice: (x) => tf.add(tf.tanh(tf.mul(x, 0.5)), tf.tanh(tf.mul(x, 0.5))),
  turned: (x) => tf.transpose(tf.tanh(tf.transpose(x, [0, 2, 1, 3])), [0, 2, 1, 3]),
  padded: (x) =>
    tf.slice(
      tf.pad(x, [
        [0, 0],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
      [0, 0, 1, 0],
      [-1, x.shape[1], x.shape[2], -1],
    ),
  maxPool: (x) => tf.maxPool(x, 2, 1, 'same'),
  averagePool: (x) => tf.avgPool(x, 2, 1, 'valid'),
  gate: (x) => tf.mul(x, tf.sigmoid(tf.mean(x, [1, 2], true))),
} as const satisfies Record<string, Layer>;

type Values = Readonly<Record<string, tf.Tensor>>;
type Layer = (x: tf.Tensor4D, values: Values) => tf.Tensor;
export type LayerName = keyof typeof layers;

export const networks: fc.Arbitrary<LayerName[]> = fc.array(
  fc.constantFrom(...(Object.keys(layers) as LayerName[])),
  { minLength: 1, maxLength: 6 },
);

/** Every kind of layer, for what random networks may miss; the shortcut has the strided convolution. */
export const everyLayer: readonly LayerName[] = [
  ...['convolution', 'frozenNorm', 'relu', 'residual', 'convolution', 'batchNorm', 'relu', 'shortcut'],
  ...[
    'depthwise',
    'swish',
    'maxPool',
    'pointwise',
    'scale',
    'twice',
    'turned',
    'padded',
    'averagePool',
    'gate',
  ],
] as LayerName[];

const shapes: Readonly<Record<string, readonly number[]>> = {
  x: [2, 6, 5, 16],
  w: [16, 16, 3, 3],
  d: [16, 1, 3, 3],
  p: [16, 16, 1, 1],
  weight: [16],
  bias: [16],
  mean: [16],
  variance: [16],
};

function norm({ weight, bias, mean, variance }: Values): BatchNormVariables {
  return {
    weight: weight as tf.Tensor1D,
    bias: bias as tf.Tensor1D,
    running_mean: mean as tf.Tensor1D,
    running_var: tf.add(tf.square(variance!), 0.5),
    num_batches_tracked: tf.scalar(1),
  } as BatchNormVariables;
}

/** The network's output, and the gradients of its square by images and weights. */
export function traceNetwork(names: readonly LayerName[]): Graph {
  const specs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
  );
  const { graph } = trace(
    (inputs) => {
      const values = inputs as Values;
      const network = (x: tf.Tensor, w: tf.Tensor, d: tf.Tensor, p: tf.Tensor): tf.Tensor =>
        names.reduce((y, name) => layers[name](y as tf.Tensor4D, { ...values, w, d, p }), x);
      const by = ['x', 'w', 'd', 'p'] as const;
      const given = by.map((name) => values[name]!) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const total = (...args: tf.Tensor[]): tf.Tensor =>
        tf.add(
          tf.sum(tf.square(network(...(args as typeof given)))),
          // so that every weight has a gradient, used or not
          args.map((arg) => tf.sum(tf.mul(arg, 0.1))).reduce((a, b) => tf.add(a, b)),
        );
      const gradients = tf.grads(total)(given);
      return {
        y: network(...given),
        gradients: Object.fromEntries(by.map((name, index) => [name, gradients[index]!])),
      };
    },
    specs,
    { name: 'random' },
  );
  return graph;
}

export function randomInputs(seed: number): ReadonlyMap<string, HostArray> {
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const scale = name === 'x' ? 1 : 0.3;
      return [name, hostArray(randomStream(seed).derive(name).normal(size, 0, scale), shape)];
    }),
  );
}
