import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readCifarRecords } from '../src/cifar-records.js';
import { rejection } from './rejection.js';
import { temporaryFolder } from './temporary-folder.js';

const recordBytes = 3073;
const layout = { classes: 10, labelBytes: 1, labelIndex: 0 } as const;

function record(label: number): Uint8Array {
  const bytes = new Uint8Array(recordBytes);
  bytes[0] = label;
  for (let pixel = 0; pixel < 1024; pixel++) {
    bytes[1 + pixel] = pixel % 256;
    bytes[1 + 1024 + pixel] = 100;
    bytes[1 + 2048 + pixel] = Math.floor(pixel / 32);
  }
  return bytes;
}

describe('readCifarRecords', () => {
  const folder = temporaryFolder();
  const write = async (name: string, ...records: Uint8Array[]): Promise<string> => {
    const file = join(folder(), name);
    await writeFile(file, Buffer.concat(records));
    return file;
  };

  it('reads any number of records from several files, in order, and says how many each had', async () => {
    const files = [await write('one.bin', record(3)), await write('two.bin', record(9), record(0))];
    const { labels, counts, count } = await readCifarRecords(files, layout);
    expect([...labels]).to.deep.equal([3, 9, 0]);
    expect(counts).to.deep.equal([1, 2]);
    expect(count).to.equal(3);
  });

  it('turns colour planes into interleaved pixels', async () => {
    const { images } = await readCifarRecords([await write('planes.bin', record(0))], layout);
    const pixel = 5 * 32 + 7;
    expect([...images.subarray(3 * pixel, 3 * pixel + 3)]).to.deep.equal([pixel % 256, 100, 5]);
    expect([...images.subarray(3069)]).to.deep.equal([1023 % 256, 100, 31]);
  });

  it('has a fingerprint of the content, not of the cut into files', async () => {
    const together = await readCifarRecords([await write('ab.bin', record(1), record(2))], layout);
    const apart = await readCifarRecords(
      [await write('a.bin', record(1)), await write('b.bin', record(2))],
      layout,
    );
    const other = await readCifarRecords([await write('ba.bin', record(2), record(1))], layout);
    expect(apart.fingerprint).to.equal(together.fingerprint);
    expect(other.fingerprint).not.to.equal(together.fingerprint);
  });

  it('names a missing file', async () => {
    expect(await rejection(readCifarRecords([join(folder(), 'absent.bin')], layout))).to.match(
      /absent\.bin: there is no/,
    );
  });

  it('refuses a file that ends within a record, with what it expected and found', async () => {
    const file = await write('cut.bin', record(1), record(2));
    await truncate(file, 2 * 3073 - 5);
    const message = await rejection(readCifarRecords([file], layout));
    expect(message).to.match(
      /cut\.bin has 6141 bytes: 1 whole records and 3068 bytes more.*multiple of 3073/,
    );
  });

  it('refuses an empty file', async () => {
    expect(await rejection(readCifarRecords([await write('empty.bin')], layout))).to.match(
      /empty\.bin is empty/,
    );
  });

  it('refuses a label outside the range, with file and record', async () => {
    const good = await write('good.bin', record(1));
    const bad = await write('bad.bin', record(9), record(10));
    expect(await rejection(readCifarRecords([good, bad], layout))).to.match(
      /bad\.bin: record 1 \(counted from 0\) has label 10; labels are 0 to 9/,
    );
  });
});
