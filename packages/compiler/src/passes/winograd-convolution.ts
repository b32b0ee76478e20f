import { constantValue } from '../ir/build.js';
import { matrixProduct, multiply, reshape, slice, transpose } from '../ir/emit.js';
import { sizeOf, type Value } from '../ir/graph.js';
import { convolve } from './blocked-operators.js';
import {
  imageMatrix,
  inverseMatrix,
  kernelMatrix,
  points,
  tileExtent,
  unitPoint,
} from './winograd-matrices.js';

/**
 * A 3x3 convolution with padding 1 that multiplies half as often: Winograd's algorithm along the height, the width as
 * it is. With rows first, the transforms are matrix products over the whole array, and what lies between them is one
 * 1x3 convolution of six groups. It sees the images of the batch side by side in one row: neighbours are as many
 * positions apart as there are images.
 *
 * @param x `[h, in/b, w, n, b]`
 * @param weights `[out, in, 3, 3]` in blocked order
 * @param bias `[out]`
 * @returns `[h, out/b, w, n, b]`
 */
export function winogradConvolution(x: Value, weights: Value, bias?: Value): Value {
  const [height = 1, , width = 1, batch = 1, block = 1] = x.shape;
  const [out = 1, into = 1] = weights.shape;
  const tiles = Math.ceil(height / tileExtent);
  const positions = width * batch;

  const rows = reshape(x, [height, into * positions]);
  const images = matrixProduct(matrix(imageMatrix(height)), rows);
  const products = convolve(
    reshape(images, [tiles, points * into, 1, positions]),
    transformedWeights(weights, block),
    [tiles, points * out, 1, positions],
    { group: points, dilations: [1, batch], pads: [0, batch, 0, batch] },
    bias && biasAtUnitPoint(bias),
  );
  const perTile = reshape(products, [tiles, points, out * positions]);
  const results = matrixProduct(matrix(inverseMatrix), perTile);
  const whole = reshape(results, [tiles * tileExtent, out / block, width, batch, block]);
  return slice(whole, [{ axis: 0, from: 0, to: height }]);
}

/** `[6 · out, in, 1, 3]` in blocked order. */
function transformedWeights(weights: Value, block: number): Value {
  const [out = 1, into = 1, height = 1, width = 1] = weights.shape;
  const blocks = reshape(weights, [(out * into) / block ** 2, height, width * block ** 2]);
  const rowsFirst = reshape(transpose(blocks, [1, 0, 2]), [height, sizeOf(weights.shape) / height]);
  return reshape(matrixProduct(matrix(kernelMatrix), rowsFirst), [points * out, into, 1, width]);
}

function biasAtUnitPoint(bias: Value): Value {
  const [out = 1] = bias.shape;
  const unit = Array.from({ length: points }, (_, point) => [point === unitPoint ? 1 : 0]);
  return reshape(multiply(matrix(unit), reshape(bias, [1, out])), [points * out]);
}

function matrix(rows: readonly (readonly number[])[]): Value {
  return constantValue(Float32Array.from(rows.flat()), [rows.length, rows[0]!.length]);
}
