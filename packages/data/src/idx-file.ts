import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ArdError, fileError } from '@ard/core';

/** Deflate cannot do better than this, so a small file that announces more is lying. */
const largestCompressionRatio = 1032;
/** More than any dataset of small images; keeps a damaged header from filling the memory. */
const largestContentBytes = 1 << 30;
const unsignedByte = 0x08;

export interface IdxContent {
  /** Extents, count first. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Uint8Array;
}

/**
 * Reads an idx file of unsigned bytes, as it is or gzipped (told by the content, not by the name). Decompression
 * stops as soon as there is more than the header announces.
 *
 * @param expected extents the file must have; `undefined` stands for any
 * @throws ArdError when the file is missing, damaged or truncated, or holds something else
 */
export async function readIdx(file: string, expected: readonly (number | undefined)[]): Promise<IdxContent> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw fileError('read', file, cause);
  });
  try {
    return await readContent(file, handle, expected);
  } catch (cause) {
    if (cause instanceof ArdError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw code.startsWith('Z_')
      ? damaged(file, `its gzip stream is broken (${(cause as Error).message})`, cause)
      : fileError('read', file, cause);
  } finally {
    await handle.close();
  }
}

async function readContent(
  file: string,
  handle: FileHandle,
  expected: readonly (number | undefined)[],
): Promise<IdxContent> {
  const { size } = await handle.stat();
  const start = new Uint8Array(2);
  await handle.read(start, 0, 2, 0);
  const gzipped = start[0] === 0x1f && start[1] === 0x8b;
  const largest = Math.min(largestContentBytes, gzipped ? size * largestCompressionRatio : size);

  const headerBytes = 4 + 4 * expected.length;
  const raw = handle.createReadStream({ start: 0, autoClose: false });
  const stream = gzipped ? raw.pipe(createGunzip()) : raw;
  // pipe() does not pass errors on
  if (gzipped) raw.once('error', (error) => stream.destroy(error));

  const chunks: Uint8Array[] = [];
  let read = 0;
  let shape: readonly number[] | undefined;
  let total = Infinity;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      read += chunk.length;
      if (shape === undefined && read >= headerBytes) {
        shape = parseHeader(file, Buffer.concat(chunks).subarray(0, headerBytes), expected);
        total = headerBytes + product(shape);
        if (total > largest) {
          throw damaged(
            file,
            `its header announces ${shape.join(' x ')} values, more than the file can hold`,
          );
        }
      }
      if (read > total)
        throw damaged(file, `it holds more than the ${shape!.join(' x ')} values of its header`);
    }
  } finally {
    raw.destroy();
    stream.destroy();
  }
  if (shape === undefined) throw damaged(file, `it ends after ${read} bytes, within the header`);
  if (read < total) {
    throw damaged(
      file,
      `it ends after ${read - headerBytes} of ${total - headerBytes} values (${shape.join(' x ')} announced)`,
    );
  }
  const whole = Buffer.concat(chunks, total);
  return { shape, data: new Uint8Array(whole.buffer, whole.byteOffset + headerBytes, total - headerBytes) };
}

function parseHeader(
  file: string,
  header: Buffer,
  expected: readonly (number | undefined)[],
): readonly number[] {
  const magic = header.readUInt32BE(0);
  const wanted = (unsignedByte << 8) | expected.length;
  if (magic !== wanted) {
    throw damaged(
      file,
      `its magic number is ${magic}, expected ${wanted} (unsigned bytes, rank ${expected.length})`,
    );
  }
  const shape = expected.map((_, axis) => header.readUInt32BE(4 + 4 * axis));
  if (shape.some((extent, axis) => extent === 0 || extent !== (expected[axis] ?? extent))) {
    const wantedShape = expected.map((extent) => extent ?? 'any').join(' x ');
    throw damaged(file, `it holds ${shape.join(' x ')} values, expected ${wantedShape}`);
  }
  return shape;
}

function damaged(file: string, what: string, cause?: unknown): ArdError {
  return new ArdError(`${file}: ${what}`, {
    remedy: 'The file is damaged or is another one than its name says; fetch it again.',
    cause,
  });
}

function product(extents: readonly number[]): number {
  return extents.reduce((size, extent) => size * extent, 1);
}
