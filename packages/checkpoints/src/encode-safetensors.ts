import type { StoredTensor, StoredTensors } from '@ard/core';

const storageTypes: Readonly<
  Record<StoredTensor['storage'], { name: string; bytes: number; encode(data: Float32Array): TypedArray }>
> = {
  float32: { name: 'F32', bytes: 4, encode: (data) => data },
  int64: { name: 'I64', bytes: 8, encode: (data) => BigInt64Array.from(data, BigInt) },
  uint8: { name: 'U8', bytes: 1, encode: (data) => Uint8Array.from(data) },
};

type TypedArray = Float32Array | BigInt64Array | Uint8Array;

/**
 * The bytes of a safetensors file, in pieces. Widest elements first, then by name, as the reference implementation
 * orders them: every tensor is aligned.
 */
export function encodeSafetensors({ tensors, metadata }: StoredTensors): readonly Uint8Array[] {
  const header: [string, unknown][] = [['__metadata__', metadata]];
  const data: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors).sort(byWidthThenName)) {
    const bytes = tensorBytes(name, tensor);
    const dtype = storageTypes[tensor.storage].name;
    header.push([name, { dtype, shape: tensor.shape, data_offsets: [offset, offset + bytes.length] }]);
    data.push(bytes);
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...data];
}

function byWidthThenName([a, first]: [string, StoredTensor], [b, second]: [string, StoredTensor]): number {
  const [width, other] = [first, second].map(({ storage }) => storageTypes[storage].bytes) as [
    number,
    number,
  ];
  if (width !== other) return other - width;
  return a < b ? -1 : 1;
}

function tensorBytes(name: string, { shape, data, storage }: StoredTensor): Uint8Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== data.length) {
    throw new RangeError(`${name}: shape [${shape.join(', ')}] holds ${size} values, got ${data.length}`);
  }
  if (name === '__metadata__') throw new RangeError('a tensor cannot be called __metadata__');
  const elements = storageTypes[storage].encode(data);
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
