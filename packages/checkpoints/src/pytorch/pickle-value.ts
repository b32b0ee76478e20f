import type { StorageReference, TensorView } from './tensor-view.js';

/**
 * What a pickle can describe here. Tuples are arrays as lists are, every kind of dictionary is a Map, and Python's
 * None is undefined. None of these can do anything.
 */
export type PickleValue =
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | NumpyType
  | NumpyArray
  | StorageReference
  | TensorView;

export type PickleMap = Map<PickleValue, PickleValue>;

/** A thing of Python that a pickle may name, with our own idea of what it makes of its arguments. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: string;
  /** For the class of a storage: its elements, by their safetensors name. */
  readonly elementType?: string;
  /** @param copies to be told how many elements are copied, before they are */
  readonly call?: (parameters: readonly PickleValue[], copies: (count: number) => void) => PickleValue;
}

/** The type of a numpy scalar. */
export interface NumpyType {
  readonly kind: 'numpy type';
  readonly elementType: string;
}

/** An array of numpy. Its content is not there before the pickle has set its state. */
export interface NumpyArray {
  readonly kind: 'numpy array';
  content?: {
    readonly shape: readonly number[];
    /** By its safetensors name. */
    readonly elementType: string;
    /** Row-major, little-endian. */
    readonly bytes: Uint8Array;
  };
}

/** Tells our own records from arrays, maps, sets and bytes. */
export function isKind<Kind extends 'global' | 'numpy type' | 'numpy array' | 'storage' | 'tensor'>(
  value: PickleValue,
  kind: Kind,
): value is Extract<PickleValue, { readonly kind: Kind }> {
  return typeof value === 'object' && 'kind' in value && value.kind === kind;
}
