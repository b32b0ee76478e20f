import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { conv2d } from '../src/index.js';
import { expectClose, expectGradients, wave } from './support/tfjs.js';

// torch.nn.functional.conv2d with groups (PyTorch 1.13, float64) on the same waves, permuted to NHWC
const depthwise = [
  0.686858, 1.32543, 1.33662, 0.71524, -0.517197, 0.196899, 0.832482, 1.07997, 0.0651385, 0.750987, 1.10089,
  0.949934, 1.38452, 1.67373, 1.15769, 0.0935562, 0.441805, 1.16011, 1.32523, 0.863682, -0.51811, 0.242864,
  0.902779, 1.14011, 0.48094, 1.27391, 1.4651, 0.963069, -0.372571, 0.0321358, 0.439461, 0.652163, 0.02579,
  0.623907, 0.940226, 0.832188, 1.21582, 1.91799, 1.69473, 0.659145, 0.250644, 1.03574, 1.32532, 0.984614,
  -0.410437, 0.043049, 0.493805, 0.723278,
];
const oneSided = [
  0.215406, 0.976553, -1.19758, 0.943008, 0.671562, 0.344306, -0.126934, 0.434373, -0.233155, -0.96163,
  1.19651, -0.951207, 0.110868, -0.399352, -0.739086, -0.094018, 1.19733, -0.223267, -0.233616, 1.19151,
  0.146516, -1.3251, 1.5069, 0.311297, -0.940858, 1.18055, -0.96745, -0.217099, -0.254529, 1.69864, -0.738465,
  -0.211216,
];
const twoGroups = [
  0.8753, 0.88312, 0.88994, 0.367994, 0.358998, 0.349596, -1.45729, -1.44118, -1.42344, 0.34604, 0.395842,
  0.445196, -0.320865, -0.354415, -0.387563, 0.451922, 0.485288, 0.518105, 1.92127, 1.89735, 1.87128,
  -0.548088, -0.613298, -0.677814, 0.464928, 0.462061, 0.458672, 0.471037, 0.444851, 0.418163, -1.41224,
  -1.39225, -1.37068, 0.474496, 0.523086, 0.571086,
];

describe('conv2d with groups agrees with PyTorch', () => {
  const images = () => wave<tf.Tensor4D>(2, 5, 4, 4);
  const firstImage = () => tf.slice4d(images(), [0, 0, 0, 0], [1, 5, 4, 4]);

  it('depthwise: one filter per channel', () => {
    const y = conv2d(images(), wave(4, 1, 3, 3), { stride: 2, padding: 1, groups: 4, bias: wave(4) });
    expect(y.shape).to.deep.equal([2, 3, 2, 4]);
    expectClose(y, depthwise);
  });

  it('depthwise with two outputs per channel, a kernel that is not square, and padding on two sides', () => {
    const y = conv2d(wave(1, 4, 3, 2), wave(4, 1, 2, 3), {
      padding: { top: 1, bottom: 0, left: 0, right: 1 },
      groups: 2,
    });
    expect(y.shape).to.deep.equal([1, 4, 2, 4]);
    expectClose(y, oneSided);
  });

  it('fewer groups than channels', () => {
    const y = conv2d(firstImage(), wave(6, 2, 3, 3), { stride: 2, padding: 1, groups: 2 });
    expect(y.shape).to.deep.equal([1, 3, 2, 6]);
    expectClose(y, twoGroups);
  });

  for (const [title, weight, groups] of [
    ['depthwise', [4, 1, 3, 2], 2],
    ['of two groups', [2, 2, 2, 2], 2],
  ] as const) {
    it(`has the gradients of finite differences, ${title}`, () => {
      const inputs = weight[1] * groups;
      const pull = wave<tf.Tensor4D>(1, 2, 2, weight[0]);
      expectGradients(
        (x, w) => {
          const y = conv2d(x as tf.Tensor4D, w as tf.Tensor4D, { stride: 2, padding: 1, groups });
          return tf.sum(tf.mul(pull, tf.slice4d(y, [0, 0, 0, 0], [1, 2, 2, weight[0]])));
        },
        [wave(1, 3, 3, inputs), wave(...weight)],
      );
    });
  }

  it('refuses groups that do not divide the channels', () => {
    expect(() => conv2d(images(), wave(6, 1, 3, 3), { groups: 3 })).to.throw(
      '3 groups do not divide 4 inputs and 6 outputs',
    );
  });
});
