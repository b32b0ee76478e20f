import { randomStream, type Model, type Variables } from '@ard/core';
import { layerBuilder } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { floats } from '../support/values.js';

const shape = { height: 4, width: 3, channels: 2 };
const size = shape.height * shape.width * shape.channels;

/** A linear network whose best attack is known in closed form. */
export interface LinearNetwork {
  readonly model: Model;
  readonly variables: Variables;
  /**
   * Direction per pixel in which every loss of label 0 rises fastest; the opposite for label 1. No entry is near
   * zero.
   */
  readonly ascent: Float32Array;
  /** Cross-entropy of one image, in double precision. */
  loss(image: ArrayLike<number>, label: number): number;
}

/**
 * Classes 0 and 1 have opposite weights; the others have none and never win, so that losses which look at the
 * third or fourth best class stay defined while the best direction is the same for all of them.
 */
export function linearNetwork(classes: number): LinearNetwork {
  const random = randomStream(11);
  const magnitude = random.derive('magnitude').uniform(size, 0.1, 0.4);
  const weight = random
    .derive('sign')
    .integers(size, 2)
    .reduce<number[]>(
      (weights, sign, index) => [
        ...weights,
        Math.fround(sign === 0 ? magnitude[index]! : -magnitude[index]!),
      ],
      [],
    );
  const offset = weight.reduce((sum, value) => sum - value / 2, 0);
  const biases = Array.from({ length: classes }, (_, k) => [offset, -offset][k] ?? -6 - k / 8);
  const weights = Array.from({ length: classes }, (_, k) =>
    weight.map((value) => (k === 0 ? value : k === 1 ? -value : 0)),
  );

  const layers = layerBuilder();
  const classifier = layers.linear('fc', { inputs: size, outputs: classes });
  const model = layers.model({ name: 'linear-network', shape, classes }, (images, pass) =>
    classifier(tf.reshape(images, [-1, size]), pass),
  );
  return {
    model,
    variables: {
      parameters: {
        'fc.weight': floats(weights.flat(), [classes, size]),
        'fc.bias': floats(biases, [classes]),
      },
      statistics: {},
    },
    ascent: Float32Array.from(weight, (value) => -value),
    loss(image, label) {
      const logits = weights.map((row, k) => row.reduce((sum, w, i) => sum + w * image[i]!, biases[k]!));
      const largest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
      return largest + Math.log(sum) - logits[label]!;
    },
  };
}
