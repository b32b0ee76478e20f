import * as tf from '@tensorflow/tfjs-core';
import type { Model, TensorRecord, TensorVariables } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import type { OnnxExporterOptions } from './options.js';

type Layout = OnnxExporterOptions['layout'];

/** A network and its images, as the exported functions take them. */
export interface NetworkInputs extends TensorRecord {
  readonly images: tf.Tensor4D;
  readonly network: TensorVariables;
}

export interface AttackInputs extends NetworkInputs {
  /** `[batch]`, int32. */
  readonly labels: tf.Tensor1D;
}

export interface AttackOutputs extends TensorRecord {
  readonly logits: tf.Tensor;
  readonly loss: tf.Tensor;
  readonly gradient: tf.Tensor;
}

/** Images to logits. */
export function classifier(model: Model, layout: Layout): (inputs: NetworkInputs) => { logits: tf.Tensor } {
  return ({ images, network }) => ({
    logits: model.apply(network, channelsLast(images, layout), 'eval').logits,
  });
}

/**
 * Images and labels to logits, cross-entropy per image, and the gradient of each image's cross-entropy by its own
 * pixels, in the layout of the images.
 */
export function attackGradient(model: Model, layout: Layout): (inputs: AttackInputs) => AttackOutputs {
  return ({ images, labels, network }) => {
    const logitsOf = (pixels: tf.Tensor): tf.Tensor2D =>
      model.apply(network, channelsLast(pixels as tf.Tensor4D, layout), 'eval').logits;
    const lossOf = (logits: tf.Tensor2D): tf.Tensor1D =>
      crossEntropy(logits, tf.oneHot(labels, model.classes) as tf.Tensor2D);
    // images do not see each other in eval mode, so the gradient of the sum is that of every image
    const gradient = tf.grad((pixels) => tf.sum(lossOf(logitsOf(pixels))))(images);
    const logits = logitsOf(images);
    return { logits, loss: lossOf(logits), gradient };
  };
}

function channelsLast(images: tf.Tensor4D, layout: Layout): tf.Tensor4D {
  return layout === 'nhwc' ? images : tf.transpose(images, [0, 2, 3, 1]);
}
