import type { FileHandle } from 'node:fs/promises';
import type { StoredTensor, StoredTensors } from '@ard/core';
import type { CheckpointOutline } from './checkpoint-outline.js';
import { elementTypes } from './element-types.js';
import { MalformedFile } from './malformed-file.js';
import { readBytes } from './read-bytes.js';
import { parseHeader, type SafetensorsHeader, type TensorEntry } from './safetensors-header.js';
import { withFile } from './with-file.js';

/** Room for the names of about 100,000 tensors; a damaged length must not make us read a whole file as JSON. */
const largestHeader = 16 * 2 ** 20;

const remedy = 'Check that it is a whole safetensors file, and fetch or write it again.';

/**
 * Reads a safetensors file, every element type into float32, one tensor at a time. Memory stays near the size of
 * the file, whatever its header claims.
 *
 * @throws ArdError when the file is missing, truncated or not of this format
 */
export async function readSafetensors(path: string): Promise<StoredTensors> {
  return withFile(path, remedy, async (file) => {
    const { entries, metadata, dataStart } = await readHeader(file, (await file.stat()).size);
    const tensors: [string, StoredTensor][] = [];
    for (const entry of entries) tensors.push([entry.name, await readTensor(file, entry, dataStart)]);
    return { tensors: Object.fromEntries(tensors), metadata };
  });
}

/** What {@link readSafetensors} would find, without the numbers. */
export async function outlineSafetensors(path: string): Promise<CheckpointOutline> {
  return withFile(path, remedy, async (file) => {
    const { size } = await file.stat();
    const { entries, metadata } = await readHeader(file, size);
    return {
      format: 'safetensors',
      bytes: size,
      wrapper: [],
      facts: {},
      metadata,
      tensors: entries.map(({ name, shape, type }) => ({ name, shape, type })),
    };
  });
}

async function readHeader(
  file: FileHandle,
  size: number,
): Promise<SafetensorsHeader & { readonly dataStart: number }> {
  if (size < 8) throw new MalformedFile(`it is truncated: ${size} bytes are no safetensors file`);
  const start = new DataView(await readBytes(file, 0, 8));
  const headerBytes = Number(start.getBigUint64(0, true));
  if (headerBytes > size - 8) {
    throw new MalformedFile(
      pickleHint(start) ?? `it is truncated: its header has ${headerBytes} bytes, the whole file ${size}`,
    );
  }
  if (headerBytes > largestHeader) throw new MalformedFile(`its header of ${headerBytes} bytes is too long`);
  const dataStart = 8 + headerBytes;
  const header = parseHeader(new Uint8Array(await readBytes(file, 8, dataStart)), size - dataStart);
  return { ...header, dataStart };
}

async function readTensor(file: FileHandle, entry: TensorEntry, dataStart: number): Promise<StoredTensor> {
  const { decode, storage } = elementTypes[entry.type]!;
  const data = decode(await readBytes(file, dataStart + entry.begin, dataStart + entry.end));
  return { shape: entry.shape, data, storage };
}

/** PyTorch's own files start as a zip archive or as a pickle. */
function pickleHint(start: DataView): string | undefined {
  const zip = start.getUint16(0, true) === 0x4b50;
  const pickle = start.getUint8(0) === 0x80;
  return zip || pickle
    ? 'it is a PyTorch file, not safetensors; convert it with safetensors.torch.save_file'
    : undefined;
}
