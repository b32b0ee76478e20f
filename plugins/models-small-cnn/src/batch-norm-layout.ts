import * as tf from '@tensorflow/tfjs-core';
import { globalAveragePool, layerBuilder, type Layer } from '@ard/nn';
import type { Layout } from './layout.js';

const ownWidths = [16, 32, 64];

/**
 * A small student of our own, about a quarter of the work of ResNet-20: stages of two 3x3 convolutions with batch
 * norm, the first of each stage but the first with stride 2, then global average pooling and a linear layer. Takes
 * images of any size. PyTorch's initialisation.
 */
export const batchNormLayout: Layout = ({ widths, mean, std }, shape, classes) => {
  const channels = widths.length > 0 ? widths : ownWidths;
  const layers = layerBuilder();
  const convolution = (stage: number, which: 1 | 2, inputs: number, stride: number): Layer<tf.Tensor4D> => {
    const outputs = channels[stage]!;
    const name = `block${stage + 1}`;
    const conv = layers.conv2d(`${name}.conv${which}`, { inputs, outputs, kernel: 3, stride, padding: 1 });
    const norm = layers.batchNorm(`${name}.bn${which}`, outputs);
    return (x, pass) => tf.relu(norm(conv(x, pass), pass));
  };
  const convolutions = channels.flatMap((outputs, stage) => [
    convolution(stage, 1, channels[stage - 1] ?? shape.channels, stage === 0 ? 1 : 2),
    convolution(stage, 2, outputs, 1),
  ]);
  const classifier = layers.linear('linear', { inputs: channels.at(-1)!, outputs: classes });

  return layers.model(
    { name: 'small-cnn-batch-norm', shape, classes, normalisation: { mean, std } },
    (images, pass) => {
      const features = convolutions.reduce((x, layer) => layer(x, pass), images);
      return classifier(globalAveragePool(features), pass);
    },
  );
};
