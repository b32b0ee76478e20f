import {
  hostArray,
  randomStream,
  type HostArray,
  type ImageShape,
  type Model,
  type Variables,
} from '@ard/core';
import { globalAveragePool, layerBuilder } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { mapRecord } from '../support/values.js';

const shape: ImageShape = { height: 6, width: 5, channels: 2 };

/** Two convolutions with batch norm and a linear layer; small enough for the cpu backend. */
export function smallNetwork(classes: number): Model {
  const layers = layerBuilder();
  const first = layers.conv2d('conv1', { inputs: shape.channels, outputs: 4, kernel: 3, padding: 1 });
  const norm = layers.batchNorm('bn1', 4);
  const second = layers.conv2d('conv2', { inputs: 4, outputs: 4, kernel: 3, stride: 2, withBias: true });
  const classifier = layers.linear('fc', { inputs: 4, outputs: classes });
  return layers.model({ name: 'small-network', shape, classes }, (images, pass) => {
    const features = tf.relu(second(tf.relu(norm(first(images, pass), pass)), pass));
    return classifier(globalAveragePool(features), pass);
  });
}

/** Values away from the ones and zeros of an initialisation, so that a forgotten variable shows. */
export function disturbed(variables: Variables, seed = 1): Variables {
  const random = randomStream(seed);
  return mapRecord({ parameters: variables.parameters, statistics: variables.statistics }, (arrays) =>
    mapRecord(arrays, (array, name) => {
      // the factor keeps running variances positive
      const noise = random.derive(name).uniform(size(array.shape), 0.02, 0.2);
      const { data } = array as { data?: Float32Array };
      if (!data) throw new Error(`the initial value of ${name} is not in host memory`);
      return hostArray(
        data.map((value, index) => value + noise[index]!),
        array.shape,
      );
    }),
  );
}

/**
 * The same network with so large a first layer that its gradient changes sign inside a ball of radius 1/255: on a
 * flat network every attack ends in the same corner, whatever it does on the way.
 */
export function ruggedVariables(model: Model): Variables {
  const { parameters, statistics } = disturbed(model.init(randomStream(2)));
  const weight = parameters['conv1.weight']! as HostArray;
  const large = hostArray(
    weight.data.map((value) => 60 * (value - 0.11)),
    weight.shape,
  );
  return { parameters: { ...parameters, 'conv1.weight': large }, statistics };
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
