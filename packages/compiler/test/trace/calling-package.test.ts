import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { callingPackage } from '../../src/trace/calling-package.js';

describe('callingPackage', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ard-stack-'));
    for (const name of ['@tensorflow/tfjs-core', '@ard/nn', 'ard-plugin-mine']) {
      mkdirSync(join(folder, name, 'dist'), { recursive: true });
      writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name }));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const frame = (name: string): string =>
    `    at fn (${pathToFileURL(join(folder, name, 'dist', 'x.js')).href}:3:9)`;

  it('passes over tfjs and the libraries to the plugin that called them', () => {
    const stack = [
      'Error: x',
      frame('@tensorflow/tfjs-core'),
      frame('@ard/nn'),
      frame('ard-plugin-mine'),
    ].join('\n');
    expect(callingPackage(stack)).to.equal('ard-plugin-mine');
  });

  it('knows file paths as well as URLs', () => {
    expect(
      callingPackage(`Error: x\n    at ${join(folder, 'ard-plugin-mine', 'dist', 'x.js')}:1:1`),
    ).to.equal('ard-plugin-mine');
  });

  it('names nobody when only libraries are on the stack', () => {
    expect(callingPackage(['Error: x', frame('@ard/nn'), '    at node:internal/x:1:1'].join('\n'))).to.equal(
      undefined,
    );
  });
});
