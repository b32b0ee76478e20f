import type { StoredTensors } from '@ard/core';
import type { CheckpointOutline } from './checkpoint-outline.js';
import { MalformedFile } from './malformed-file.js';
import { outlinePytorch, readPytorch } from './pytorch/read-pytorch.js';
import { readBytes } from './read-bytes.js';
import { outlineSafetensors, readSafetensors } from './read-safetensors.js';
import { withFile } from './with-file.js';

/**
 * Reads the weights of a network from a file of any known format, which is told by its content: safetensors, or
 * what PyTorch's `torch.save` writes, now or before version 1.6. Names and wrapper prefixes are those of the file;
 * `toVariables` fits them to a model.
 *
 * @throws ArdError when the file is missing, damaged, of another format, or refused because it could run something
 */
export async function readCheckpoint(path: string): Promise<StoredTensors> {
  return (await readerOf(path)).read(path);
}

/** What {@link readCheckpoint} would find, without the numbers; small and fast for files of any size. */
export async function outlineCheckpoint(path: string): Promise<CheckpointOutline> {
  return (await readerOf(path)).outline(path);
}

interface Reader {
  read(path: string): Promise<StoredTensors>;
  outline(path: string): Promise<CheckpointOutline>;
}

const safetensors: Reader = { read: readSafetensors, outline: outlineSafetensors };
const pytorch: Reader = { read: readPytorch, outline: outlinePytorch };

async function readerOf(path: string): Promise<Reader> {
  const remedy = 'Give a safetensors file, or one that PyTorch wrote with torch.save.';
  return await withFile(path, remedy, async (file) => {
    const { size } = await file.stat();
    return readerFor(Buffer.from(await readBytes(file, 0, Math.min(size, 9))));
  });
}

/** @param start the first 9 bytes */
function readerFor(start: Buffer): Reader {
  if (start[8] === '{'.charCodeAt(0)) return safetensors; // after the length of the header
  if (isZip(start) || isPickle(start)) return pytorch;
  if (start.length < 9) throw new MalformedFile(`it is truncated: ${start.length} bytes are no checkpoint`);
  if (/^\s*</.test(start.toString('latin1'))) {
    throw new MalformedFile(
      'it is a web page or XML, not a checkpoint',
      'Fetch it again: this was an error page.',
    );
  }
  throw new MalformedFile('it is neither a safetensors file nor one of PyTorch');
}

function isZip(start: Buffer): boolean {
  return start.toString('latin1', 0, 4) === 'PK\x03\x04';
}

/** Of protocol 2 to 5, or PyTorch's magic number in digits, as protocol 0 and 1 have it. */
function isPickle(start: Buffer): boolean {
  return (
    (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) || start.toString('latin1', 0, 5) === 'L1195'
  );
}
