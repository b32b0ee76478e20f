import type { FileHandle } from 'node:fs/promises';
import type { StoredTensor, StoredTensors } from '@ard/core';
import type { CheckpointOutline } from '../checkpoint-outline.js';
import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';
import { readBytes } from '../read-bytes.js';
import { shown } from '../shown.js';
import { withFile } from '../with-file.js';
import { openLegacy } from './open-legacy.js';
import { openZip } from './open-zip.js';
import type { PytorchFile } from './pytorch-file.js';
import { stateDict } from './state-dict.js';
import { elementsOf, spanOf, valuesOf, type TensorView } from './tensor-view.js';

const remedy = 'Check that it is a whole file written by torch.save, and fetch or write it again.';

/**
 * Reads the weights from a file of PyTorch's `torch.save`, of either format, as `StoredTensors` under the names in
 * the file. Nothing in the file is run, whatever it asks for; wrappers around the weights are taken off; what stands
 * beside them (optimizer, epoch) is not read.
 *
 * @throws ArdError when the file is missing, truncated or damaged, names anything but tensors and plain
 *   containers, or holds no named weights
 */
export async function readPytorch(path: string): Promise<StoredTensors> {
  return withFile(path, remedy, async (file) => {
    const { size } = await file.stat();
    return { tensors: await readTensors(file, size, await openPytorch(file, size)), metadata: {} };
  });
}

/** What {@link readPytorch} would find, without the numbers. */
export async function outlinePytorch(path: string): Promise<CheckpointOutline> {
  return withFile(path, remedy, async (file) => {
    const { size } = await file.stat();
    const { format, content } = await openPytorch(file, size);
    const { tensors, wrapper, facts } = stateDict(content);
    return {
      format,
      bytes: size,
      wrapper,
      facts,
      metadata: {},
      tensors: [...tensors].map(([name, { shape, storage }]) => ({ name, shape, type: storage.elementType })),
    };
  });
}

async function openPytorch(
  file: FileHandle,
  size: number,
): Promise<PytorchFile & Pick<CheckpointOutline, 'format'>> {
  const first = new Uint8Array(await readBytes(file, 0, Math.min(size, 1)))[0];
  return first === 'P'.charCodeAt(0)
    ? { ...(await openZip(file, size)), format: 'PyTorch zip' }
    : { ...(await openLegacy(file, size)), format: 'PyTorch legacy pickle' };
}

async function readTensors(
  file: FileHandle,
  fileBytes: number,
  { content, locate }: PytorchFile,
): Promise<StoredTensors['tensors']> {
  const tensors: [string, StoredTensor][] = [];
  const done = new Map<string, StoredTensor>();
  // An honest file needs one element per byte at most. Views that repeat elements (stride 0) or overlap would make a
  // small file fill the memory.
  let elementsLeft = 2 * fileBytes;
  for (const [name, view] of stateDict(content).tensors) {
    const identity = JSON.stringify([view.storage, view.offset, view.shape, view.strides]);
    let tensor = done.get(identity); // tied weights are read once
    if (!tensor) {
      elementsLeft -= Math.max(elementsOf(view), spanOf(view));
      if (elementsLeft < 0) {
        throw new MalformedFile(`the tensor ${shown(name)} repeats the same elements too often for the file`);
      }
      tensor = await readTensor(file, view, await locate(view.storage));
      done.set(identity, tensor);
    }
    tensors.push([name, tensor]);
  }
  return Object.fromEntries(tensors);
}

async function readTensor(file: FileHandle, view: TensorView, storageBegin: number): Promise<StoredTensor> {
  const { bytes, storage } = elementTypes[view.storage.elementType]!;
  const begin = storageBegin + (view.storage.start + view.offset) * bytes;
  const data = valuesOf(view, await readBytes(file, begin, begin + spanOf(view) * bytes));
  return { shape: view.shape, data, storage };
}
