import { eagerEngine, loadTfjs } from '@ard/eager';
import { engineContract } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { padExplicitly } from '../src/pad-explicitly.js';

/** A stand-in for TensorFlow: tfjs's cpu backend, whose convolutions refuse explicit padding as TensorFlow's do. */
const backend = 'ard-strict-padding';
const strict = [
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
];

await loadTfjs();
await tf.setBackend('cpu');
const Cpu = tf.findBackend('cpu').constructor as new () => tf.KernelBackend;
tf.registerBackend(backend, () => Object.assign(new Cpu(), { firstUse: false }));
tf.copyRegisteredKernels('cpu', backend);
for (const kernelName of strict) {
  const kernel = tf.getKernel(kernelName, backend);
  tf.unregisterKernel(kernelName, backend);
  tf.registerKernel({
    ...kernel,
    kernelFunc: (given) => {
      const { pad } = given.attrs as { pad?: unknown };
      if (pad !== 'valid' && pad !== 'same') throw new Error(`TF Backend supports no padding ${String(pad)}`);
      return kernel.kernelFunc(given);
    },
  });
}
await tf.setBackend(backend);
await tf.setBackend('cpu');

const explicit: tf.backend_util.ExplicitPadding = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];

function gradients(on: string, depthwise: boolean, pad: typeof explicit | number | 'same'): number[][] {
  void tf.setBackend(on);
  try {
    return tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([2, 6, 5, 3], -1, 1, 'float32', 7);
      const w = tf.randomUniform<tf.Rank.R4>([3, 3, 3, 2], -1, 1, 'float32', 8);
      const convolve = (image: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
        (depthwise ? tf.depthwiseConv2d : tf.conv2d)(image as tf.Tensor4D, filter as tf.Tensor4D, 2, pad);
      const [dx, dw] = tf.grads((image, filter) => tf.sum(tf.square(convolve(image!, filter!))))([x, w]);
      return [convolve(x, w), dx!, dw!].map((tensor) => Array.from(tensor.dataSync()));
    });
  } finally {
    void tf.setBackend('cpu');
  }
}

describe('convolutions of a backend without explicit padding', () => {
  it('are refused before', () => {
    expect(() => gradients(backend, false, explicit)).to.throw(/no padding/);
  });

  describe('after', () => {
    before(() => padExplicitly(backend));

    for (const depthwise of [false, true]) {
      for (const pad of [explicit, 1, 'same'] as const) {
        it(`${depthwise ? 'depthwise, ' : ''}padding ${JSON.stringify(pad)}: values and both gradients`, () => {
          const [got, want] = [gradients(backend, depthwise, pad), gradients('cpu', depthwise, pad)];
          want.forEach((values, index) =>
            values.forEach((value, at) => expect(got[index]![at]).to.be.closeTo(value, 1e-4)),
          );
        });
      }
    }
  });
});

engineContract({
  name: 'an eager engine whose backend lacks explicit padding',
  create: () => {
    padExplicitly(backend);
    return eagerEngine({ id: 'strict', backend, description: 'tfjs cpu, strict about padding' });
  },
});
