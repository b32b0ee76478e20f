import type { StoredTensor } from '@ard/core';

/** How elements lie in the file (little-endian, as every platform of Node but one is), and how they become float32. */
export interface ElementType {
  readonly bytes: number;
  readonly storage: StoredTensor['storage'];
  decode(buffer: ArrayBuffer): Float32Array;
}

/** Element types by their safetensors names; others hold no weights we know of. */
export const elementTypes: Readonly<Record<string, ElementType>> = {
  F32: { bytes: 4, storage: 'float32', decode: (buffer) => new Float32Array(buffer) },
  F64: { bytes: 8, storage: 'float32', decode: (buffer) => Float32Array.from(new Float64Array(buffer)) },
  F16: {
    bytes: 2,
    storage: 'float32',
    decode: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber),
  },
  BF16: { bytes: 2, storage: 'float32', decode: brainFloats },
  I64: {
    bytes: 8,
    storage: 'int64',
    decode: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number),
  },
  I32: { bytes: 4, storage: 'float32', decode: (buffer) => Float32Array.from(new Int32Array(buffer)) },
  I16: { bytes: 2, storage: 'float32', decode: (buffer) => Float32Array.from(new Int16Array(buffer)) },
  I8: { bytes: 1, storage: 'float32', decode: (buffer) => Float32Array.from(new Int8Array(buffer)) },
  BOOL: { bytes: 1, storage: 'float32', decode: (buffer) => Float32Array.from(new Uint8Array(buffer)) },
  U8: { bytes: 1, storage: 'uint8', decode: (buffer) => Float32Array.from(new Uint8Array(buffer)) },
};

/** IEEE binary16: 1 sign, 5 exponent, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function brainFloats(buffer: ArrayBuffer): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}
