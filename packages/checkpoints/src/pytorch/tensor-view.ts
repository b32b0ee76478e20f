import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';

/** A run of elements somewhere in the file. */
export interface StorageReference {
  readonly kind: 'storage';
  readonly key: string;
  /** By its safetensors name. */
  readonly elementType: string;
  /** The first element of the run, and how many there are. */
  readonly start: number;
  readonly elements: number;
}

/** A tensor that was described but not read yet: nothing of it is in memory. */
export interface TensorView {
  readonly kind: 'tensor';
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
}

/** PyTorch's own limit. */
const mostDimensions = 64;

/**
 * Describes a tensor over a storage.
 *
 * @throws MalformedFile when it would reach beyond the storage
 */
export function tensorView(
  storage: StorageReference,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): TensorView {
  if (shape.length !== strides.length || shape.length > mostDimensions) {
    throw new MalformedFile(`a tensor has ${shape.length} extents and ${strides.length} strides`);
  }
  const view: TensorView = { kind: 'tensor', storage, offset, shape, strides };
  if (offset + spanOf(view) > storage.elements) {
    throw new MalformedFile(
      `a tensor of shape [${shape.slice(0, 8).join(', ')}] reaches beyond its storage of ${storage.elements} elements`,
    );
  }
  return view;
}

/** From the first element of a tensor to its last one. */
export function spanOf({ shape, strides }: TensorView): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, extent, axis) => span + (extent - 1) * strides[axis]!, 1);
}

export function elementsOf({ shape }: TensorView): number {
  if (shape.includes(0)) return 0; // the others may multiply to infinity
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * The values of a tensor, row-major.
 *
 * @param bytes those of its span
 */
export function valuesOf(view: TensorView, bytes: ArrayBuffer): Float32Array {
  const { shape, strides, storage } = view;
  const span = elementTypes[storage.elementType]!.decode(bytes);
  if (isRowMajor(view)) return span;
  const values = new Float32Array(elementsOf(view));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    values[to] = span[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return values;
}

function isRowMajor(view: TensorView): boolean {
  let expected = 1;
  for (let axis = view.shape.length - 1; axis >= 0; axis--) {
    if (view.shape[axis] !== 1 && view.strides[axis] !== expected) return elementsOf(view) === 0;
    expected *= view.shape[axis]!;
  }
  return true;
}
