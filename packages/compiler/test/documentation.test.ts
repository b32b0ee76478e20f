import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { passNames, supportedKernels } from '../src/index.js';

const page = new URL('../../../../docs/engine.md', import.meta.url);

describe('docs/engine.md', () => {
  it('lists the kernels and passes that there are', async () => {
    const text = await readFile(page, 'utf8');
    const [, kernels = ''] = /## Kernels([^#]*)/.exec(text) ?? [];
    expect([...kernels.matchAll(/`(\w+)`/g)].map(([, name]) => name)).to.deep.equal(supportedKernels);
    const passes = [...text.matchAll(/^ *\| `(\w+)`/gm)].map(([, name]) => name);
    expect(passes).to.have.members(passNames);
  });
});
