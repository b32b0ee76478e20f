import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { zipSync } from 'fflate';
import { Header, type HeaderData } from 'tar';
import { unpackArchive } from '../src/unpack-archive.js';
import { rejection } from './rejection.js';
import { temporaryFolder } from './temporary-folder.js';

type Entry = Partial<HeaderData> & { readonly path: string; readonly content?: string };

function tarGz(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...entry }) => {
    const header = Buffer.alloc(512);
    new Header({ type: 'File', mode: 0o644, mtime: new Date(0), size: content.length, ...entry }).encode(
      header,
    );
    return [header, Buffer.from(content.padEnd(Math.ceil(content.length / 512) * 512, '\0'))];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

describe('unpackArchive', () => {
  const folder = temporaryFolder();
  let number = 0;
  const unpack = async (content: Uint8Array, kind: 'tar.gz' | 'zip'): Promise<string> => {
    const archive = join(folder(), `archive-${++number}`);
    await writeFile(archive, content);
    const target = join(folder(), `target-${number}`, 'inside');
    await unpackArchive(archive, kind, target);
    return target;
  };

  it('unpacks a .tar.gz without its outermost folder', async () => {
    const target = await unpack(
      tarGz([
        { path: 'set/', type: 'Directory' },
        { path: 'set/a.bin', content: 'one' },
        { path: 'set/deep/b.bin', content: 'two' },
      ]),
      'tar.gz',
    );
    expect(readFileSync(join(target, 'a.bin'), 'utf8')).to.equal('one');
    expect(readFileSync(join(target, 'deep/b.bin'), 'utf8')).to.equal('two');
  });

  it('unpacks a .zip without its outermost folder', async () => {
    const target = await unpack(
      zipSync({
        'set/': new Uint8Array(),
        'set/a.txt': Buffer.from('one'),
        'set/x/y/b.txt': Buffer.from('two'),
      }),
      'zip',
    );
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).to.equal('one');
    expect(readFileSync(join(target, 'x/y/b.txt'), 'utf8')).to.equal('two');
  });

  const refused: readonly (readonly [
    what: string,
    kind: 'tar.gz' | 'zip',
    content: () => Uint8Array,
    says: RegExp,
  ])[] = [
    [
      'a path that leads outside, in a tar',
      'tar.gz',
      () => tarGz([{ path: 'set/../../outside.txt', content: 'x' }]),
      /leads outside|\.\./,
    ],
    [
      'an absolute path',
      'tar.gz',
      () => tarGz([{ path: '/outside.txt', content: 'x' }]),
      /leads outside|absolute/,
    ],
    [
      'a link',
      'tar.gz',
      () => tarGz([{ path: 'set/link', type: 'SymbolicLink', linkpath: '/etc/passwd' }]),
      /neither a file nor a folder/,
    ],
    [
      'a bomb that says so',
      'tar.gz',
      () => tarGz([{ path: 'set/huge', size: 9 * 2 ** 30, content: '' }]),
      /more than any data set/,
    ],
    [
      'a path that leads outside, in a zip',
      'zip',
      () => zipSync({ 'set/../../outside.txt': Buffer.from('x') }),
      /invalid relative path|leads outside/,
    ],
    ['what is no archive', 'zip', () => Buffer.from('<html>'), /Cannot unpack/],
    ['what is no archive', 'tar.gz', () => Buffer.from('<html>'.repeat(200)), /Cannot unpack/],
  ];
  for (const [what, kind, content, says] of refused) {
    it(`refuses ${what} (${kind})`, async () => {
      const message = await rejection(unpack(content(), kind));
      expect(message).to.match(says).and.not.include('\n');
      expect(existsSync(join(folder(), 'outside.txt'))).to.equal(false);
      expect(existsSync(join(folder(), `target-${number}`, 'outside.txt'))).to.equal(false);
    });
  }
});
