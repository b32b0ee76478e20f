import type { ResizeBilinearAttrs, ResizeNearestNeighborAttrs } from '@tensorflow/tfjs-core';
import { constantValue } from '../ir/build.js';
import { cast, expand, matrixProduct, reshape } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';
import { attributesOf, inputOf, type KernelCall, type Lowering, type LoweringTable } from './lowering.js';

interface Resize {
  readonly from: number;
  readonly to: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** The weights `[to, from]` with which the pixels of one axis make those of the resized one. */
type Weights = (resize: Resize) => Float32Array;

function sourceOf(
  index: number,
  { from, to, alignCorners, halfPixelCenters }: Resize,
  centre: number,
): number {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters ? ratio * (index + 0.5) - centre : ratio * index;
}

const nearest: Weights = (resize) => {
  const { from, to, alignCorners } = resize;
  const weights = new Float32Array(to * from);
  for (let index = 0; index < to; index++) {
    const source = sourceOf(index, resize, 0);
    const pixel = Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source));
    weights[index * from + Math.max(0, pixel)] = 1;
  }
  return weights;
};

const bilinear: Weights = (resize) => {
  const { from, to } = resize;
  const weights = new Float32Array(to * from);
  for (let index = 0; index < to; index++) {
    const source = Math.max(0, sourceOf(index, resize, 0.5));
    const low = Math.min(from - 1, Math.floor(source));
    const high = Math.min(from - 1, Math.ceil(source));
    weights[index * from + low]! += 1 - (source - low);
    weights[index * from + high]! += source - low;
  }
  return weights;
};

/** Rows, then columns, as products with constant matrices. */
function resized(
  x: Value,
  [height, width]: readonly number[],
  options: Omit<Resize, 'from' | 'to'>,
  of: Weights,
) {
  const [batch = 1, fromHeight = 1, fromWidth = 1, channels = 1] = x.shape;
  const rows = matrix({ from: fromHeight, to: height!, ...options }, of);
  const columns = matrix({ from: fromWidth, to: width!, ...options }, of);
  return apply(cast(x, 'float32'), rows, columns, [batch, height!, width!, channels]);
}

/** The adjoint of resizing an image of that shape. */
function gradient(of: Weights): Lowering {
  return (call) => {
    const { shape } = inputOf(call, 'images');
    const dy = inputOf(call, 'dy');
    const [batch = 1, fromHeight = 1, fromWidth = 1, channels = 1] = shape;
    const options = flags(call);
    const rows = matrix({ from: fromHeight, to: dy.shape[1]!, ...options }, of, true);
    const columns = matrix({ from: fromWidth, to: dy.shape[2]!, ...options }, of, true);
    return apply(dy, rows, columns, [batch, fromHeight, fromWidth, channels]);
  };
}

function matrix(resize: Resize, of: Weights, turned = false): Value {
  const { from, to } = resize;
  const weights = of(resize);
  if (!turned) return constantValue(weights, [to, from]);
  const data = Float32Array.from(
    { length: to * from },
    (_, at) => weights[(at % to) * from + Math.floor(at / to)]!,
  );
  return constantValue(data, [from, to]);
}

function apply(
  x: Value,
  rows: Value,
  columns: Value,
  [batch, height, width, channels]: readonly number[],
): Value {
  const [, fromHeight = 1, fromWidth = 1] = x.shape;
  const spread = (value: Value, count: number): Value =>
    expand(reshape(value, [1, ...value.shape]), [count, ...value.shape]);
  const tall = matrixProduct(spread(rows, batch!), reshape(x, [batch!, fromHeight, fromWidth * channels!]));
  const count = batch! * height!;
  const wide = matrixProduct(spread(columns, count), reshape(tall, [count, fromWidth, channels!]));
  return reshape(wide, [batch!, height!, width!, channels!]);
}

function flags(call: KernelCall): Omit<Resize, 'from' | 'to'> {
  // gradients of the nearest pixel know no half-pixel centres
  const { alignCorners, halfPixelCenters = false } = attributesOf<Partial<ResizeBilinearAttrs>>(call);
  return { alignCorners: alignCorners ?? false, halfPixelCenters };
}

const resize =
  (of: Weights): Lowering =>
  (call) => {
    const { size } = attributesOf<ResizeNearestNeighborAttrs>(call);
    return resized(inputOf(call, 'images'), size, flags(call), of);
  };

export const resizing: LoweringTable = {
  ResizeNearestNeighbor: resize(nearest),
  ResizeNearestNeighborGrad: gradient(nearest),
  ResizeBilinear: resize(bilinear),
  ResizeBilinearGrad: gradient(bilinear),
};
