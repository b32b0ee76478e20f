import * as tf from '@tensorflow/tfjs-core';
import { hostArray, type HostArray, type Mode } from '@ard/core';
import { batchNorm, conv2d, globalAveragePool, linear, type BatchNormVariables } from '@ard/nn';
import { noise, uniform } from './agreement.js';

export type Values = Record<string, HostArray>;
type Tensors = Readonly<Record<string, tf.Tensor>>;

export type NetworkValues = { readonly parameters: Values; readonly statistics: Values };

/** A residual network of two groups, in PyTorch's layouts: stem, one plain block, one with stride and projection. */
const layers = {
  convolutions: {
    stem: [16, 3, 3],
    a1: [16, 16, 3],
    a2: [16, 16, 3],
    b1: [32, 16, 3],
    b2: [32, 32, 3],
    p: [32, 16, 1],
  },
  classes: 10,
} as const;

type LayerName = keyof typeof layers.convolutions;

export function residualValues(): NetworkValues {
  const parameters: Values = {};
  const statistics: Values = {};
  for (const [name, [out, into, kernel]] of Object.entries(layers.convolutions)) {
    const scale = Math.sqrt(2 / (into * kernel * kernel));
    const { data, shape } = noise(name, out, into, kernel, kernel);
    parameters[`${name}.weight`] = hostArray(
      (data as Float32Array).map((value) => value * scale),
      shape,
    );
    parameters[`${name}.bn.weight`] = uniform(`${name}.scale`, 0.5, 1.5, out);
    parameters[`${name}.bn.bias`] = noise(`${name}.offset`, out);
    statistics[`${name}.bn.running_mean`] = noise(`${name}.mean`, out);
    statistics[`${name}.bn.running_var`] = uniform(`${name}.var`, 0.5, 2, out);
    statistics[`${name}.bn.num_batches_tracked`] = hostArray(Float32Array.of(3), []);
  }
  parameters['fc.weight'] = noise('fc', layers.classes, 32);
  parameters['fc.bias'] = noise('fc.bias', layers.classes);
  return { parameters, statistics };
}

export function residualNet(
  { parameters, statistics }: { readonly parameters: Tensors; readonly statistics: Tensors },
  images: tf.Tensor4D,
  mode: Mode,
): { logits: tf.Tensor2D; statistics: Record<string, tf.Tensor> } {
  const left: Record<string, tf.Tensor> = {};
  const layer = (name: LayerName, x: tf.Tensor4D, stride = 1): tf.Tensor4D => {
    const [, , kernel] = layers.convolutions[name];
    const weight = parameters[`${name}.weight`] as tf.Tensor4D;
    const keys = ['running_mean', 'running_var', 'num_batches_tracked'];
    const variables = Object.fromEntries([
      ...['weight', 'bias'].map((key) => [key, parameters[`${name}.bn.${key}`]!]),
      ...keys.map((key) => [key, statistics[`${name}.bn.${key}`]!]),
    ]) as unknown as BatchNormVariables;
    const result = batchNorm(conv2d(x, weight, { stride, padding: (kernel - 1) / 2 }), variables, mode);
    for (const [key, value] of Object.entries(result.statistics)) left[`${name}.bn.${key}`] = value;
    return result.y;
  };
  const stem = tf.relu<tf.Tensor4D>(layer('stem', images));
  const a = tf.relu<tf.Tensor4D>(tf.add(layer('a2', tf.relu<tf.Tensor4D>(layer('a1', stem))), stem));
  const b = tf.relu<tf.Tensor4D>(
    tf.add(layer('b2', tf.relu<tf.Tensor4D>(layer('b1', a, 2))), layer('p', a, 2)),
  );
  const weight = parameters['fc.weight'] as tf.Tensor2D;
  const logits = linear(globalAveragePool(b), weight, parameters['fc.bias'] as tf.Tensor1D);
  return { logits, statistics: left };
}

export interface StepInputs {
  readonly network: { readonly parameters: Tensors; readonly statistics: Tensors };
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
  readonly [key: string]: tf.Tensor | { readonly [key: string]: Tensors };
}

function perExampleLoss(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(tf.oneHot(labels, layers.classes), tf.logSoftmax(logits)), -1));
}

/** Logits and the gradient of the loss in the images. */
export function attackGradient(
  { network, images, labels }: StepInputs,
  mode: Mode,
): Record<string, tf.Tensor> {
  const gradient = tf.grad((x) =>
    tf.sum(perExampleLoss(residualNet(network, x as tf.Tensor4D, mode).logits, labels)),
  );
  return { logits: residualNet(network, images, mode).logits, gradient: gradient(images) };
}

/** Loss, statistics and the gradient of every parameter in train mode. */
export function parameterGradients(inputs: StepInputs): Record<string, tf.Tensor> {
  return gradientsOver([inputs.images], inputs);
}

/** The same of the sum over several passes, of the images and of their mirror images; statistics are of the first. */
export function severalPassGradients(inputs: StepInputs): Record<string, tf.Tensor> {
  const { images } = inputs;
  return gradientsOver([images, tf.reverse(images, 2), tf.reverse(images, 1)], inputs);
}

function gradientsOver(
  passes: readonly tf.Tensor4D[],
  { network, images, labels }: StepInputs,
): Record<string, tf.Tensor> {
  const names = Object.keys(network.parameters);
  const loss = (...parameters: tf.Tensor[]): tf.Scalar => {
    const named = Object.fromEntries(names.map((name, index) => [name, parameters[index]!]));
    const losses = passes.map((seen) => {
      const { logits } = residualNet({ ...network, parameters: named }, seen, 'train');
      return tf.mean<tf.Scalar>(perExampleLoss(logits, labels));
    });
    return tf.addN(losses);
  };
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => network.parameters[name]!));
  const { statistics } = residualNet(network, images, 'train');
  return {
    loss: value,
    ...statistics,
    ...Object.fromEntries(names.map((name, i) => [`gradient ${name}`, grads[i]!])),
  };
}
