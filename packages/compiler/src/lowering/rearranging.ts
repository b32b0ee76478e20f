import * as tf from '@tensorflow/tfjs-core';
import { pad, reshape, reverse, slice, transpose } from '../ir/emit.js';
import { sizeOf, type Value } from '../ir/graph.js';
import { attributesOf, inputOf, unsupported, type KernelCall, type LoweringTable } from './lowering.js';

/** Blocks of channels become blocks of pixels. */
function depthToSpace(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { blockSize, dataFormat } = attributesOf<tf.DepthToSpaceAttrs>(call);
  if (dataFormat !== 'NHWC') unsupported('depthToSpace of NCHW images');
  const [batch = 1, height = 1, width = 1, depth = 1] = x.shape;
  const channels = depth / (blockSize * blockSize);
  const split = reshape(x, [batch, height, width, blockSize, blockSize, channels]);
  const interleaved = transpose(split, [0, 1, 3, 2, 4, 5]);
  return reshape(interleaved, [batch, height * blockSize, width * blockSize, channels]);
}

/** tfjs says in which steps; here they are taken. */
function batchToSpace(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { blockShape, crops } = attributesOf<tf.BatchToSpaceNDAttrs>(call);
  const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;
  const product = sizeOf(blockShape);
  const split = reshape(x, getReshaped([...x.shape], blockShape, product));
  const moved = transpose(split, getPermuted(split.shape.length, blockShape.length));
  const whole = reshape(moved, getReshapedPermuted([...x.shape], blockShape, product));
  return slice(
    whole,
    crops.map(([before = 0, after = 0], index) => ({
      axis: index + 1,
      from: before,
      to: whole.shape[index + 1]! - after,
    })),
  );
}

function spaceToBatch(call: KernelCall): Value {
  const x = inputOf(call, 'x');
  const { blockShape, paddings } = attributesOf<tf.SpaceToBatchNDAttrs>(call);
  const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;
  const product = sizeOf(blockShape);
  const side = (index: 0 | 1): number[] => x.shape.map((_, axis) => paddings[axis - 1]?.[index] ?? 0);
  const padded = pad(x, side(0), side(1), 0);
  const shape = [...padded.shape];
  const split = reshape(padded, getReshaped(shape, blockShape, product, false));
  const moved = transpose(split, getPermuted(split.shape.length, blockShape.length, false));
  return reshape(moved, getReshapedPermuted(shape, blockShape, product, false));
}

export const rearranging: LoweringTable = {
  DepthToSpace: depthToSpace,
  BatchToSpaceND: batchToSpace,
  SpaceToBatchND: spaceToBatch,
  FlipLeftRight: (call) => reverse(inputOf(call, 'image'), [2]),
};
