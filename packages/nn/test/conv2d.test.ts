import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { conv2d } from '../src/index.js';
import { expectClose, expectGradients, wave } from './support/tfjs.js';

// torch.nn.functional.conv2d (PyTorch 1.13, float64) on the same waves, permuted to NHWC
const strided = [
  1.29427, 1.03392, -0.20696, 1.35946, -0.540476, 1.36298, -1.20377, 1.12014, 2.20154, -1.25312, 2.63157,
  0.681151, 1.70863, 1.22891, -0.823826, 1.33514, -1.08691, 1.95482, -0.513574, 0.0687967, 2.60324, -0.494454,
  2.02547, 0.55196, 1.23169, 1.26424, -0.383581, -0.34452, 0.243257, 2.253, -1.10959, 2.24299, 0.94119,
  1.5811, 0.918871, -0.374302, 2.10043, -0.68708, 0.774272, -0.710608, -0.0397239, 2.91298, -1.14597, 2.6844,
  0.51913, 0.762133, 1.87328, -0.546562, 1.292, -0.0815804, 0.953842, -0.375846, 0.0316609, 2.50408,
];
const wide = [
  0.29552, 0.841471, 0.991665, 0.280405, 0.35423, 1.51282, 0.29552, 0.841471, 0.991665, 0.29552, 0.841471,
  0.991665, 1.70863, 1.22891, -0.823826, 0.29552, 0.841471, 0.991665, 0.29552, 0.841471, 0.991665, -0.110613,
  0.926629, 1.30935, 0.29552, 0.841471, 0.991665, 0.29552, 0.841471, 0.991665, 0.0923473, 1.57315, 0.434929,
  0.29552, 0.841471, 0.991665, 0.29552, 0.841471, 0.991665, -0.710608, -0.0397239, 2.91298, 0.29552, 0.841471,
  0.991665, 0.29552, 0.841471, 0.991665, 0.574474, 1.05396, 0.492026, 0.29552, 0.841471, 0.991665,
];
const oneSided = [
  1.5666, -0.494071, -1.05347, -1.20493, 0.0242998, 1.17969, 0, 0, 0, -1.04803, 1.91465, -0.940483, 1.5284,
  -1.78295, 0.323335, 0, 0, 0, -1.28874, 0.118776, 1.16538, 0.811089, 0.357649, -1.18254, 0, 0, 0, 1.44628,
  -1.82601, 0.450169, -1.7883, 1.52646, 0.202952, 0, 0, 0,
];

describe('conv2d: PyTorch weights on NHWC images', () => {
  const images = () => wave<tf.Tensor4D>(2, 5, 4, 2);
  const weight = () => wave<tf.Tensor4D>(3, 2, 3, 2);
  const bias = () => wave<tf.Tensor1D>(3);

  it('agrees with PyTorch for stride 2 and padding 1', () => {
    const y = conv2d(images(), weight(), { stride: 2, padding: 1, bias: bias() });
    expect(y.shape).to.deep.equal([2, 3, 3, 3]);
    expectClose(y, strided);
  });

  it('agrees with PyTorch for stride 3 and padding 2', () => {
    expectClose(conv2d(images(), weight(), { stride: 3, padding: 2, bias: bias() }), wide);
  });

  it('pads each side on its own', () => {
    const y = conv2d(images(), weight(), { stride: 2, padding: { top: 1, bottom: 0, left: 0, right: 2 } });
    expect(y.shape).to.deep.equal([2, 2, 3, 3]);
    expectClose(y, oneSided);
  });

  it('has the gradients of finite differences in image, weight and bias', () => {
    const pull = wave<tf.Tensor4D>(1, 2, 2, 2);
    expectGradients(
      (x, w, b) =>
        tf.sum(
          tf.mul(
            pull,
            conv2d(x as tf.Tensor4D, w as tf.Tensor4D, { stride: 2, padding: 1, bias: b as tf.Tensor1D }),
          ),
        ),
      [wave(1, 4, 3, 2), wave(2, 2, 3, 3), wave(2)],
    );
  });
});
