import { readFile } from 'node:fs/promises';
import { inflateSync, constants } from 'node:zlib';
import { ArdError, fileError } from '@ard/core';

/** A matrix of unsigned bytes. */
export interface MatMatrix {
  readonly name: string;
  readonly shape: readonly number[];
  /** Column-major: the first extent is next to each other. */
  readonly data: Uint8Array;
}

const headerBytes = 128;
/** Data types of elements, and the class of an array, by their numbers in the format. */
const types = { int8: 1, uint8: 2, int32: 5, uint32: 6, matrix: 14, compressed: 15 } as const;
const classes = { double: 6, uint8: 9 } as const;
/** More than the largest in use, SVHN's extra images with 1.6 GB. */
const largestMatrix = 2 ** 31;
/** Tag, flags, dimensions and name of a matrix take less. */
const matrixHeadBytes = 1024;
/** Deflate cannot do better than this. */
const largestCompressionRatio = 1032;

class Malformed extends Error {}

/**
 * Reads the matrices of unsigned bytes in a MATLAB 5 file, compressed or not: what SVHN is published in. Matrices of
 * other types are refused, since nothing here needs them.
 *
 * @param allowed the matrices that are needed, and the shape each must have; `undefined` stands for any extent
 * @throws ArdError when the file is missing, damaged or truncated, or holds something else
 */
export async function readMat(
  path: string,
  allowed: Readonly<Record<string, readonly (number | undefined)[]>>,
): Promise<ReadonlyMap<string, MatMatrix>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError('read', path, cause);
  });
  const matrices = new Map<string, MatMatrix>();
  try {
    checkHeader(bytes);
    for (const element of elements(bytes, headerBytes)) {
      const matrix = readElement(element, allowed);
      if (matrix && matrices.has(matrix.name)) throw new Malformed(`it holds ${matrix.name} twice`);
      if (matrix) matrices.set(matrix.name, matrix);
    }
    const missing = Object.keys(allowed).find((name) => !matrices.has(name));
    if (missing !== undefined) throw new Malformed(`it holds no matrix ${missing}`);
  } catch (cause) {
    const broken = (cause as NodeJS.ErrnoException).code?.startsWith('Z_') || cause instanceof Malformed;
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    if (!broken && !tooLarge) throw cause;
    const what = cause instanceof Malformed ? cause.message : 'its compressed data is broken';
    throw new ArdError(`${path}: ${what}`, {
      remedy: 'The file is truncated, damaged or no MATLAB 5 file; fetch it again.',
      cause,
    });
  }
  return matrices;
}

function checkHeader(bytes: Buffer): void {
  if (bytes.length < headerBytes) throw new Malformed(`it ends after ${bytes.length} bytes, in its header`);
  if (bytes.toString('latin1', 0, 6) !== 'MATLAB') throw new Malformed('it is not a MATLAB 5 file');
  if (bytes.toString('latin1', 126, 128) !== 'IM') throw new Malformed('it is big-endian or damaged');
}

interface Element {
  readonly type: number;
  readonly data: Buffer;
}

/** The elements from `start` on. Small ones keep their data within the tag. */
function* elements(bytes: Buffer, start: number): Generator<Element> {
  for (let at = start; at < bytes.length;) {
    if (at + 8 > bytes.length) throw new Malformed('it is truncated: it ends within a tag');
    const word = bytes.readUInt32LE(at);
    const small = word >>> 16;
    if (small > 4) throw new Malformed('a tag of it is damaged');
    const size = small > 0 ? small : bytes.readUInt32LE(at + 4);
    const from = small > 0 ? at + 4 : at + 8;
    if (from + size > bytes.length) {
      throw new Malformed(
        `it is truncated: an element of ${size} bytes begins at ${from}, of ${bytes.length} bytes in all`,
      );
    }
    const type = small > 0 ? word & 0xffff : word;
    yield { type, data: bytes.subarray(from, from + size) };
    // compressed elements alone are not padded to multiples of 8
    at = small > 0 ? at + 8 : from + (type === types.compressed ? size : Math.ceil(size / 8) * 8);
  }
}

function readElement(
  { type, data }: Element,
  allowed: Readonly<Record<string, readonly (number | undefined)[]>>,
): MatMatrix | undefined {
  if (type === types.matrix) return readMatrix(data, readHead(data, allowed));
  if (type !== types.compressed) throw new Malformed(`it holds an element of the unknown type ${type}`);
  // first only as much as tells how large the whole may become
  const start = inflateSync(data.subarray(0, matrixHeadBytes), { finishFlush: constants.Z_SYNC_FLUSH });
  if (start.length < 8 || start.readUInt32LE(0) !== types.matrix) {
    throw new Malformed('it holds compressed data that is no matrix');
  }
  const head = readHead(start.subarray(8), allowed);
  if (!head) return undefined;
  const total = 8 + start.readUInt32LE(4);
  const bound = product(head.shape) * 8 + matrixHeadBytes;
  if (total > Math.min(bound, data.length * largestCompressionRatio)) {
    throw new Malformed(`its matrix ${head.name} announces ${total} bytes, more than it can hold`);
  }
  const whole = inflateSync(data, { maxOutputLength: total });
  if (whole.length < total) throw new Malformed(`its matrix ${head.name} is truncated`);
  return readMatrix(whole.subarray(8), head);
}

interface Head {
  readonly name: string;
  readonly shape: readonly number[];
}

/** @returns undefined for a matrix that nobody needs */
function readHead(
  content: Buffer,
  allowed: Readonly<Record<string, readonly (number | undefined)[]>>,
): Head | undefined {
  const parts = elements(content, 0);
  const flags = next(parts, types.uint32, 8);
  const dimensions = next(parts, types.int32, 8);
  const name = next(parts, types.int8, 0).toString('latin1');
  if (!Object.hasOwn(allowed, name)) return undefined;
  const kind = flags.readUInt8(0);
  if ((kind !== classes.uint8 && kind !== classes.double) || (flags.readUInt8(1) & 0x08) !== 0) {
    throw new Malformed(`its matrix ${name} holds no real numbers`);
  }
  const shape = Array.from({ length: dimensions.length / 4 }, (_, axis) => dimensions.readInt32LE(4 * axis));
  const expected = allowed[name]!;
  if (
    shape.length !== expected.length ||
    shape.some((extent, axis) => extent < 1 || extent !== (expected[axis] ?? extent))
  ) {
    const wanted = expected.map((extent) => extent ?? 'any').join(' x ');
    throw new Malformed(`its matrix ${name} is ${shape.slice(0, 8).join(' x ')}, expected ${wanted}`);
  }
  if (product(shape) > largestMatrix)
    throw new Malformed(`its matrix ${name} of ${shape.join(' x ')} is too large`);
  return { name, shape };
}

function readMatrix(content: Buffer, head: Head | undefined): MatMatrix | undefined {
  if (!head) return undefined;
  const parts = elements(content, 0);
  for (let skipped = 0; skipped < 3; skipped++) parts.next();
  const part = parts.next().value as Element | undefined;
  // MATLAB stores whole numbers of any class in as few bytes as they need
  if (part?.type !== types.uint8) throw new Malformed(`its matrix ${head.name} holds no unsigned bytes`);
  if (part.data.length !== product(head.shape)) {
    throw new Malformed(
      `its matrix ${head.name} has ${part.data.length} values instead of ${head.shape.join(' x ')}`,
    );
  }
  return { ...head, data: part.data };
}

function next(parts: Generator<Element>, type: number, leastBytes: number): Buffer {
  const part = parts.next().value as Element | undefined;
  if (part?.type !== type || part.data.length < leastBytes) throw new Malformed('a matrix of it is damaged');
  return part.data;
}

function product(extents: readonly number[]): number {
  return extents.reduce((size, extent) => size * extent, 1);
}
