import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { safetensorsBytes, temporaryPath } from './support/files.js';
import { code, legacyCheckpoint, pickle, zipBytes, zipCheckpoint } from './support/pytorch-files.js';

const { dictionary, number, storage, tensor, text, tuple } = pickle;
const child = fileURLToPath(new URL('support/read-in-child.js', import.meta.url));

/** Fifty bytes that unfold to 10^30 elements: each list holds the one before ten times. */
function laughs(): Buffer {
  const rounds = Array.from({ length: 30 }, (_, i) =>
    code(
      `]q${String.fromCharCode(i + 1)}(`,
      ...Array.from({ length: 10 }, () => code(`h${String.fromCharCode(i)}`)),
      'e',
    ),
  );
  return dictionary(text('a'), code(']q\0', ...rounds));
}

function header(length: bigint): Buffer {
  const bytes = Buffer.alloc(16, '{');
  bytes.writeBigUInt64LE(length);
  return bytes;
}

const weights = (elements: number, shape: readonly number[], strides: readonly number[]) =>
  dictionary(text('a'), tensor(storage(elements), 0, shape, strides));

const files: Readonly<Record<string, Buffer>> = {
  'header of 2^60 bytes': header(2n ** 60n),
  'header of 2^63 bytes': header(2n ** 63n),
  'tensor of a terabyte': safetensorsBytes({
    a: { dtype: 'F32', shape: [2 ** 38], data_offsets: [0, 2 ** 40] },
  }),
  'shape beyond all numbers': safetensorsBytes({
    a: { dtype: 'F32', shape: [2 ** 50, 2 ** 50], data_offsets: [0, 4] },
  }),
  'a million nested JSON lists': safetensorsBytes('['.repeat(1_000_000)),
  'storage of a terabyte, zip': zipCheckpoint(weights(2 ** 38, [2 ** 38], [1])),
  'storage of a terabyte, legacy': legacyCheckpoint(weights(2 ** 38, [2 ** 38], [1])),
  'elements repeated 10^12 times': zipCheckpoint(weights(2, [1e6, 1e6], [0, 0])),
  'lists that unfold to 10^30': zipCheckpoint(laughs()),
  'a million nested lists': zipCheckpoint(code(']'.repeat(1_000_000), 'a'.repeat(999_999))),
  'a million nested tuples': legacyCheckpoint(code(')', '\x85'.repeat(1_000_000))),
  'a text of 4 GB': zipCheckpoint(code('X\xff\xff\xff\xff')),
  'bytes of 2^63': zipCheckpoint(code('\x8e\xff\xff\xff\xff\xff\xff\xff\x7f')),
  'an integer of 2 GB': zipCheckpoint(code('\x8b\xff\xff\xff\x7f')),
  'ten million memo entries': zipCheckpoint(code('}', 'q\0'.repeat(3_000_000))),
  'pickle that is a zip bomb': zipBytes([
    { name: 'archive/data.pkl', data: Buffer.alloc(100_000_000), deflate: true },
  ]),
  'storage that is a zip bomb': zipBytes([
    { name: 'archive/data.pkl', data: code('\x80\x02', weights(25_000_000, [25_000_000], [1]), '.') },
    { name: 'archive/data/0', data: Buffer.alloc(100_000_000), deflate: true },
  ]),
  'archive that claims 4 GB': zipBytes([
    { name: 'archive/data.pkl', data: code('\x80\x02', tuple(number(1)), '.'), claimedBytes: 0xfffffff0 },
  ]),
};

describe('memory while hostile files are read', () => {
  it('stays bounded, in a process with a heap of 256 MB; each answer is one line', () => {
    const paths = Object.entries(files).map(([name, bytes]) => {
      const path = temporaryPath(`${name.replaceAll(/[^a-z0-9]+/gi, '-')}.pt`);
      writeFileSync(path, bytes);
      return path;
    });
    // 20 GB of nothing after a header that claims half of it: sparse, so it costs no disk
    const sparse = temporaryPath('sparse.safetensors');
    writeFileSync(sparse, header(10n * 2n ** 30n));
    truncateSync(sparse, 20 * 2 ** 30);
    const output = execFileSync(process.execPath, ['--max-old-space-size=256', child, ...paths, sparse], {
      encoding: 'utf8',
    });
    const { results, grownBytes } = JSON.parse(output) as {
      results: { path: string; error: string; kind: string }[];
      grownBytes: number;
    };
    expect(results).to.have.length(2 * (paths.length + 1));
    for (const [i, { path, error, kind }] of results.entries()) {
      // an outline has no numbers: it may show what cannot be read
      const allowed = i % 2 === 0 ? ['ArdError'] : ['ArdError', 'read'];
      expect(allowed, `${path}: ${error}`).to.include(kind);
      expect(error, path).to.not.include('\n');
      expect(error.length, error).to.be.below(400);
    }
    // bounds of the readers: a pickle or header of 16 MiB and what 2,000,000 steps make of it
    expect(grownBytes / 2 ** 20, 'MiB').to.be.below(400);
  });
});
