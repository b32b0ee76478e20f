import * as tf from '@tensorflow/tfjs-core';
import { hostArray } from '@ard/core';
import { integers, noise, type Case } from './support/agreement.js';
import { kernelSuite } from './support/suite.js';

const x = noise('x', 2, 3, 4);
const images = noise('images', 2, 3, 5, 4);

const of = (name: string, fn: (x: tf.Tensor) => tf.Tensor | tf.Tensor[], input = x): Case => ({
  name,
  fn: ({ x }) => fn(x!),
  inputs: { x: input },
});
const valuesOf = (name: string, fn: (x: tf.Tensor) => tf.Tensor | tf.Tensor[], input = x): Case => ({
  ...of(name, fn, input),
  differentiable: [],
});

kernelSuite('reductions', [
  of('sum', (t) => tf.sum(t)),
  of('sum over the last axis', (t) => tf.sum(t, -1)),
  of('sum over two axes, kept', (t) => tf.sum(t, [0, 2], true)),
  of('sum over pixels of images', (t) => tf.sum(t, [1, 2]), images),
  of('sum of a scalar', (t) => tf.sum(t), noise('scalar')),
  of('mean', (t) => tf.mean(t)),
  of('mean over pixels', (t) => tf.mean(t, [1, 2]), images),
  of('mean of images over all but channels', (t) => tf.mean(t, [0, 1, 2]), images),
  of('max', (t) => tf.max(t, 1)),
  of('min', (t) => tf.min(t, [0, 1])),
  of('logSumExp', (t) => tf.logSumExp(t, -1)),
  of('norm per image', (t) => tf.sqrt(tf.sum(tf.square(t), [1, 2, 3])), images),
  of('cumsum', (t) => tf.cumsum(t, 2)), // tfjs's gradient is wrong for other axes
  valuesOf('cumsum, exclusive and reversed', (t) => tf.cumsum(t, 2, true, true)),
  valuesOf('cumprod', (t) => tf.cumprod(t, 1)),
  valuesOf('cumprod, exclusive and reversed', (t) => tf.cumprod(t, 2, true, true)),
  valuesOf('prod', (t) => tf.prod(t, 1)),
  valuesOf('argMax and argMin', (t) => [tf.argMax(t, -1), tf.argMin(t, 0)]),
  valuesOf(
    'argMax of equals is the first',
    (t) => tf.argMax(t, -1),
    hostArray(Float32Array.of(1, 3, 3, 2), [1, 4]),
  ),
  valuesOf('any and all', (t) => [tf.any(tf.greater(t, 1), 1), tf.all(tf.greater(t, -1), [0, 2])]),
  valuesOf('sum and mean of integers', (t) => [tf.sum(t, 0), tf.mean(t, 0)], integers('i', 9, 3, 4)),
]);

kernelSuite('shape kernels', [
  of('reshape', (t) => tf.reshape(t, [4, -1])),
  of('expandDims and squeeze', (t) => tf.squeeze(tf.expandDims(tf.expandDims(t, -1), 0), [0])),
  of('transpose', (t) => tf.transpose(t, [2, 0, 1])),
  of('transpose twice', (t) => tf.mul(tf.transpose(tf.transpose(t, [2, 0, 1]), [1, 2, 0]), 2)),
  of('reverse', (t) => tf.reverse(t, [0, -1])),
  of('slice', (t) => tf.slice(t, [0, 1, 1], [2, 2, -1])),
  of('slice of the first axis, by numbers', (t) => tf.slice(t, 1, 1)),
  of('concat', (t) => tf.concat([t, tf.mul(t, 2)], 1)),
  of('stack', (t) => tf.stack([t, tf.neg(t)], 1)),
  of('unstack', (t) => tf.unstack(t, 1)),
  of('split', (t) => tf.split(t, [1, 3], -1)),
  of('split in equal parts', (t) => tf.split(t, 2, 0)),
  of('pad', (t) =>
    tf.pad(
      t,
      [
        [0, 1],
        [2, 0],
        [1, 1],
      ],
      0.5,
    ),
  ),
  of('tile', (t) => tf.tile(t, [1, 2, 3])),
  of('tile of ones', (t) => tf.tile(t, [4, 1, 3]), noise('thin', 1, 3, 1)),
  of('broadcastTo', (t) => tf.broadcastTo(t, [2, 3, 4]), noise('row', 1, 4)),
  valuesOf('mirror pad, reflecting', (t) =>
    tf.mirrorPad(
      t,
      [
        [0, 0],
        [1, 2],
        [2, 1],
      ],
      'reflect',
    ),
  ),
  valuesOf('mirror pad, symmetric', (t) =>
    tf.mirrorPad(
      t,
      [
        [1, 0],
        [2, 1],
        [0, 3],
      ],
      'symmetric',
    ),
  ),
  ...[
    ['of every second pixel', [0, 0, 0, 0], [2, 3, 5, 4], [1, 2, 2, 1]],
    ['from inside', [0, 1, 1, 0], [2, 3, 4, 3], [1, 1, 2, 2]],
    ['backwards', [1, 2, 4, 3], [0, 0, 0, 0], [-1, -1, -3, -2]],
  ].map(([name, begin, end, strides]) => ({
    ...of(
      `strided slice ${name as string}`,
      (t) => tf.stridedSlice(t, begin as number[], end as number[], strides as number[]),
      images,
    ),
  })),
  valuesOf('depthToSpace', (t) => tf.depthToSpace(t as tf.Tensor4D, 2, 'NHWC'), images),
  of(
    'spaceToBatchND',
    (t) =>
      tf.spaceToBatchND(
        t,
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    images,
  ),
  of(
    'batchToSpaceND',
    (t) =>
      tf.batchToSpaceND(
        t,
        [2, 1],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    images,
  ),
  valuesOf('flipLeftRight', (t) => tf.image.flipLeftRight(t as tf.Tensor4D), images),
  ...[false, true].flatMap((align) =>
    (
      [
        ['more pixels, bilinear', tf.image.resizeBilinear, [7, 6]],
        ['fewer pixels, bilinear', tf.image.resizeBilinear, [2, 3]],
        ['more pixels, nearest', tf.image.resizeNearestNeighbor, [7, 6]],
      ] as const
    ).map(([name, resize, [height, width]]) => ({
      ...of(
        `resize to ${name}${align ? ', corners aligned' : ''}`,
        (t) => resize(t as tf.Tensor4D, [height, width], align),
        images,
      ),
      // tfjs's cpu gradients exchange height and width, or miss pixels
      oracleLacksGradient: true,
    })),
  ),
  valuesOf(
    'resize, bilinear with half pixels',
    (t) => tf.image.resizeBilinear(t as tf.Tensor4D, [7, 3], false, true),
    images,
  ),
  valuesOf(
    'resize, nearest with half pixels',
    (t) => tf.image.resizeNearestNeighbor(t as tf.Tensor4D, [7, 3], false, true),
    images,
  ),
  valuesOf('strided slice', (t) => tf.stridedSlice(t, [0, 2, 0], [2, -4, 4], [1, -1, 2])),
  valuesOf('strided slice with masks', (t) => tf.stridedSlice(t, [1, 0, 0], [2, 2, 4], [1, 2, 3], 2, 4)),
  valuesOf('zerosLike, onesLike, fill', (t) => [tf.zerosLike(t), tf.onesLike(t), tf.fill([2, 20], 3)]),
  valuesOf('large constants', (t) => [tf.add(t, tf.ones([2, 3, 4])), tf.range(0, 10, 2)]),
  valuesOf('eye', () => tf.eye(3)),
  valuesOf('linspace', (t) => tf.add(tf.slice(t, 0, 1), tf.linspace(-1, 1, 4))),
  valuesOf('diag', (t) => tf.diag(tf.slice(t, 0, 1))),
]);

kernelSuite('indexing', [
  { name: 'oneHot', fn: ({ i }) => tf.oneHot(i!, 4), inputs: { i: integers('i', 4, 5) } },
  {
    name: 'oneHot of labels out of range',
    fn: ({ i }) => tf.oneHot(i!, 3),
    inputs: { i: hostArray(Int32Array.of(-1, 0, 3), [3]) },
  },
  {
    name: 'oneHot with other values',
    fn: ({ i }) => tf.oneHot(i!, 4, 2, -1),
    inputs: { i: integers('i', 4, 5) },
  },
  {
    name: 'a knob by label',
    fn: ({ i, k }) => tf.sum(tf.mul(tf.oneHot(i!, 4), k!), -1),
    inputs: { i: integers('i', 4, 5), k: noise('k', 4) },
  },
  {
    name: 'gather',
    fn: ({ x, i }) => tf.gather(x!, tf.cast(i!, 'int32'), 1),
    inputs: { x, i: integers('g', 3, 4) },
  },
  {
    name: 'one logit of each example, by gather with batchDims',
    fn: ({ x, i }) => tf.gather(x!, i!, 1, 1),
    inputs: { x: noise('logits', 5, 4), i: integers('label', 4, 5) },
    differentiable: [],
  },
  {
    name: 'gatherND and scatterND',
    fn: ({ x, i }) => [tf.gatherND(x!, i!), tf.scatterND(i!, tf.slice(tf.reshape(x!, [-1]), 0, 3), [3, 2])],
    inputs: { x, i: hostArray(Int32Array.of(0, 1, 1, 0, 0, 1), [3, 2]) },
    differentiable: [],
  },
  {
    name: 'sort, descending, as topk of all',
    fn: ({ x }) => tf.topk(x!, 4, true).values,
    inputs: { x },
    differentiable: [],
  },
  {
    name: 'unsortedSegmentSum',
    fn: ({ x, i }) => tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 3),
    inputs: { x: noise('s', 5, 2), i: integers('seg', 3, 5) },
  },
  {
    name: 'topk',
    fn: ({ x }) => {
      const { values, indices } = tf.topk(x!, 2);
      return [values, indices];
    },
    inputs: { x },
    differentiable: [],
  },
]);

kernelSuite('matrices and softmax', [
  ...[
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ].map(([ta, tb]): Case => ({
    name: `matMul${ta ? ', first transposed' : ''}${tb ? ', second transposed' : ''}`,
    fn: ({ a, b }) => tf.matMul(a!, b!, ta, tb),
    inputs: { a: ta ? noise('a', 4, 3) : noise('a', 3, 4), b: tb ? noise('b', 5, 4) : noise('b', 4, 5) },
  })),
  {
    name: 'batched matMul',
    fn: ({ a, b }) => tf.matMul(a!, b!, false, true),
    inputs: { a: noise('a', 2, 3, 4), b: noise('b', 2, 5, 4) },
  },
  { name: 'dot', fn: ({ a, b }) => tf.dot(a!, b!), inputs: { a: noise('a', 4), b: noise('b', 4) } },
  of('softmax', (t) => tf.softmax(t)),
  of('logSoftmax', (t) => tf.logSoftmax(t)),
  of(
    'cross entropy',
    (t) => tf.neg(tf.sum(tf.mul(tf.oneHot(tf.tensor1d([1, 0, 2], 'int32'), 4), tf.logSoftmax(t)), -1)),
    noise('logits', 3, 4),
  ),
]);
