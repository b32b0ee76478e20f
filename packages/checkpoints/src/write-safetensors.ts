import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError, type StoredTensor, type StoredTensors } from '@ard/core';

const storageTypes: Readonly<
  Record<StoredTensor['storage'], { name: string; bytes: number; encode(data: Float32Array): TypedArray }>
> = {
  float32: { name: 'F32', bytes: 4, encode: (data) => data },
  int64: { name: 'I64', bytes: 8, encode: (data) => BigInt64Array.from(data, BigInt) },
  uint8: { name: 'U8', bytes: 1, encode: (data) => Uint8Array.from(data) },
};

type TypedArray = Float32Array | BigInt64Array | Uint8Array;

/**
 * Writes a safetensors file: to a temporary one in the same folder, to the disk, then renamed, so that no reader
 * and no crash ever meets half of it and the former file stays when something fails.
 *
 * @throws ArdError when the disk is full, the folder missing or not writable
 */
export async function writeSafetensors(path: string, content: StoredTensors): Promise<void> {
  const chunks = encode(content);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw fileError('write', path, error);
  }
}

/** Widest elements first, then by name, as the reference implementation orders them: every tensor is aligned. */
function encode({ tensors, metadata }: StoredTensors): readonly Uint8Array[] {
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

/** Makes the rename itself durable; not every platform lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
