import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { readIdx } from '../src/idx-file.js';
import { rejection } from './rejection.js';
import { temporaryFolder } from './temporary-folder.js';

function idx(shape: readonly number[], values: Uint8Array, magic = 0x0800 + shape.length): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(magic, 0);
  shape.forEach((extent, axis) => header.writeUInt32BE(extent, 4 + 4 * axis));
  return Buffer.concat([header, values]);
}

describe('readIdx', () => {
  const folder = temporaryFolder();
  const write = async (name: string, content: Uint8Array): Promise<string> => {
    const file = join(folder(), name);
    await writeFile(file, content);
    return file;
  };
  const values = Uint8Array.from({ length: 24 }, (_, index) => index * 10);
  const anyOf2x3 = [undefined, 2, 3];

  it('reads plain and gzipped files alike, whatever they are called', async () => {
    const plain = await readIdx(await write('plain', idx([4, 2, 3], values)), anyOf2x3);
    const packed = await readIdx(await write('packed', gzipSync(idx([4, 2, 3], values))), anyOf2x3);
    expect(plain.shape).to.deep.equal([4, 2, 3]);
    expect([...plain.data]).to.deep.equal([...values]);
    expect([...packed.data]).to.deep.equal([...values]);
  });

  it('names a missing file', async () => {
    expect(await rejection(readIdx(join(folder(), 'absent'), [undefined]))).to.match(/absent: there is no/);
  });

  it('refuses a wrong magic number: labels where images should be, or another element type', async () => {
    const labels = await write('labels', idx([24], values));
    expect(await rejection(readIdx(labels, anyOf2x3))).to.match(/magic number is 2049, expected 2051/);
    const floats = await write('floats', idx([24], values, 0x0d01));
    expect(await rejection(readIdx(floats, [undefined]))).to.match(/magic number is 3329, expected 2049/);
  });

  it('refuses images of another size', async () => {
    const file = await write('size', idx([6, 2, 2], values));
    expect(await rejection(readIdx(file, anyOf2x3))).to.match(/holds 6 x 2 x 2 values, expected any x 2 x 3/);
  });

  it('refuses a truncated file and says how much there was', async () => {
    const whole = idx([4, 2, 3], values);
    const packed = await write('short.gz', gzipSync(whole.subarray(0, -5)));
    expect(await rejection(readIdx(packed, anyOf2x3))).to.match(/ends after 19 of 24 values/);
    const header = await write('header', whole.subarray(0, 9));
    expect(await rejection(readIdx(header, anyOf2x3))).to.match(/ends after 9 bytes, within the header/);
    const cutStream = await write('cut.gz', gzipSync(whole).subarray(0, -12));
    expect(await rejection(readIdx(cutStream, anyOf2x3))).to.match(/cut\.gz: its gzip stream is broken/);
  });

  it('refuses a damaged gzip stream', async () => {
    const packed = gzipSync(idx([4, 2, 3], values));
    packed[packed.length - 6]! ^= 0xff;
    expect(await rejection(readIdx(await write('crc.gz', packed), anyOf2x3))).to.match(
      /gzip stream is broken/,
    );
  });

  it('refuses a count that cannot fit before reading on', async () => {
    const file = await write('huge', idx([0xffffffff, 2, 3], values));
    expect(await rejection(readIdx(file, anyOf2x3))).to.match(/announces 4294967295 x 2 x 3 values/);
    const packed = await write('huge.gz', gzipSync(idx([1_000_000, 2, 3], values)));
    expect(await rejection(readIdx(packed, anyOf2x3))).to.match(/announces 1000000 x 2 x 3 values/);
  });

  it('stops unpacking a zip bomb as soon as there is more than announced', async () => {
    const bomb = await write('bomb.gz', gzipSync(idx([4, 2, 3], new Uint8Array(200 << 20)), { level: 1 }));
    const before = process.memoryUsage().rss;
    expect(await rejection(readIdx(bomb, anyOf2x3))).to.match(/holds more than the 4 x 2 x 3 values/);
    expect(process.memoryUsage().rss - before).to.be.below(64 << 20);
  });
});
