import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { temporaryPath } from './files.js';

/** A file of PyTorch's from `test/fixtures`; tests run from `dist/test`. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url));
}

export function fixture(name: string): Buffer {
  return readFileSync(fixturePath(name));
}

/** Writes a file to read. */
export function fileOf(bytes: Uint8Array): string {
  const path = temporaryPath('checkpoint.pt');
  writeFileSync(path, bytes);
  return path;
}

/** The parts of a pickle that tests are written in; each is the code of one or several opcodes. */
export const pickle = {
  text: (value: string) => Buffer.from(`X${little(4, Buffer.byteLength(value))}${latin1(value)}`, 'latin1'),
  number: (value: number) => Buffer.from(`\x8a\x08${little(8, value)}`, 'latin1'),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  tuple: (...items: readonly Uint8Array[]) => code('(', ...items, 't'),
  list: (...items: readonly Uint8Array[]) => code(']', '(', ...items, 'e'),
  dictionary: (...items: readonly Uint8Array[]) => code('}', '(', ...items, 'u'),
  /** Applies a global to arguments. */
  call: (target: Uint8Array, ...items: readonly Uint8Array[]) => code(target, '(', ...items, 't', 'R'),
  storage: (elements: number, ...part: readonly Uint8Array[]) =>
    code(
      pickle.tuple(
        pickle.text('storage'),
        pickle.global('torch', 'FloatStorage'),
        pickle.text('0'),
        pickle.text('cpu'),
        pickle.number(elements),
        ...part,
      ),
      'Q',
    ),
  tensor: (storage: Uint8Array, offset: number, shape: readonly number[], strides: readonly number[]) =>
    pickle.call(
      pickle.global('torch._utils', '_rebuild_tensor_v2'),
      storage,
      pickle.number(offset),
      pickle.tuple(...shape.map(pickle.number)),
      pickle.tuple(...strides.map(pickle.number)),
      code('\x89'),
      pickle.dictionary(),
    ),
};

/** Opcodes in a row: strings are opcodes, byte for character. */
export function code(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

/** A file in PyTorch's zip format with a pickle and a storage `0` in it. */
export function zipCheckpoint(content: Uint8Array, storage: Uint8Array = new Uint8Array(8)): Buffer {
  return zipBytes([
    { name: 'archive/data.pkl', data: code('\x80\x02', content, '.') },
    { name: 'archive/data/0', data: storage },
  ]);
}

/** The same in the format before it. */
export function legacyCheckpoint(
  content: Uint8Array,
  storage: Uint8Array = new Uint8Array(8),
  { littleEndian = true, keys = ['0'], count = storage.length / 4 } = {},
): Buffer {
  const wrapped = (part: Uint8Array) => code('\x80\x02', part, '.');
  return code(
    wrapped(code('\x8a\x0a', Buffer.from('6cfc9c46f9206aa85019', 'hex'))),
    wrapped(pickle.number(1001)),
    wrapped(pickle.dictionary(pickle.text('little_endian'), code(littleEndian ? '\x88' : '\x89'))),
    wrapped(content),
    wrapped(pickle.list(...keys.map(pickle.text))),
    ...keys.flatMap(() => [little(8, count), storage]),
  );
}

export interface ZippedFile {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** What the directory says, where it lies. */
  readonly claimedBytes?: number;
}

/** A zip archive with a directory that may lie. */
export function zipBytes(files: readonly ZippedFile[]): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, deflate = false, claimedBytes = data.length } of files) {
    const stored = deflate ? deflateRawSync(data) : data;
    const packedBytes = deflate ? stored.length : claimedBytes;
    const sizes = little(4, crc32(data)) + little(4, packedBytes) + little(4, claimedBytes);
    const common = `\0\0${little(2, deflate ? 8 : 0)}\0\0\0\0${sizes}${little(2, name.length)}\0\0`;
    const local = code(`PK\x03\x04\x14\0${common}${name}`, stored);
    directory.push(code(`PK\x01\x02\x14\0\x14\0${common}${'\0'.repeat(10)}${little(4, at)}${name}`));
    contents.push(local);
    at += local.length;
  }
  const entries = Buffer.concat(directory);
  const counts = little(2, files.length).repeat(2);
  const end = `PK\x05\x06\0\0\0\0${counts}${little(4, entries.length)}${little(4, at)}\0\0`;
  return code(...contents, entries, end);
}

function little(width: number, value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes.toString('latin1', 0, width);
}

function latin1(value: string): string {
  return Buffer.from(value).toString('latin1');
}
