import type { FileHandle } from 'node:fs/promises';
import { MalformedFile } from './malformed-file.js';

/** Operating systems read less than 2 GiB at once. */
const largestRead = 2 ** 30;

/** The bytes of a file from `begin` up to `end`; the caller has compared them with the size of the file. */
export async function readBytes(file: FileHandle, begin: number, end: number): Promise<ArrayBuffer> {
  const bytes = allocate(end - begin);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(
      bytes,
      done,
      Math.min(bytes.length - done, largestRead),
      begin + done,
    );
    if (bytesRead === 0) throw new MalformedFile('it became shorter while it was read');
    done += bytesRead;
  }
  return bytes.buffer;
}

function allocate(count: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(count);
  } catch {
    throw new MalformedFile(`one of its tensors needs ${count} bytes, more than there is memory for`);
  }
}
