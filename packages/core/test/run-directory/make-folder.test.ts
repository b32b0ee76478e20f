import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '@ard/core/host';
import { expect } from 'chai';

describe('makeFolder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ard-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes what is missing, and leaves what is there', () => {
    const path = join(folder, 'a', 'b', 'c');
    makeFolder(path);
    makeFolder(path);
    expect(statSync(path).isDirectory()).to.equal(true);
  });

  it('says that a file stands in its way', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file'))).to.throw(/EEXIST/);
    expect(() => makeFolder(join(folder, 'file', 'below'))).to.throw(/ENOTDIR/);
  });

  it('gives up at once where nothing can be made', function () {
    if (!existsSync('/proc/self')) this.skip(); // Linux has a folder that even root cannot write to
    expect(() => makeFolder('/proc/ard/export')).to.throw(/ENOENT/);
  });
});
