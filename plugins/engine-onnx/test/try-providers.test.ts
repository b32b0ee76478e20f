import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import plugin from '../src/index.js';
import { tryInProcess } from '../src/try-providers.js';

describe('providers of this machine', () => {
  it('are tried one by one, and say what is missing', async () => {
    const tried = await plugin.components[0]!.tryProviders!();
    expect(tried.map(({ name }) => name)).to.deep.equal([
      'cpu',
      'webgpu',
      'cuda',
      'tensorrt',
      'coreml',
      'dml',
    ]);
    expect(tried[0]!.availability)
      .to.have.property('description')
      .that.matches(/, cpu, /);
    for (const { name, availability } of tried) {
      if (availability.available) continue;
      expect(availability.cause, name).to.match(/\w/);
      expect(availability.remedy, name).to.contain('provider=cpu');
    }
    const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
    const { availability } = tried.find(({ name }) => name === elsewhere)!;
    expect(availability).to.have.property('cause').that.contains(`does not exist on ${process.platform}`);
  });

  describe('when native code ends the process, or hangs', () => {
    const endings = {
      'process.abort();': /ends the process that starts it \(SIGABRT\)/,
      'process.exit(3);': /exit code 3/,
      'setInterval(() => {}, 1000);': /still busy after 0\.5 s/,
    };
    for (const [program, cause] of Object.entries(endings)) {
      it(`${program} is an answer as well`, async () => {
        const folder = await mkdtemp(join(tmpdir(), 'ard-provider-'));
        const file = join(folder, 'program.mjs');
        await writeFile(file, program);
        const limit = program.startsWith('set') ? 500 : 60_000;
        const availability = await tryInProcess('cuda', file, limit);
        expect(availability).to.have.property('cause').that.matches(cause);
        expect(availability).to.have.property('remedy').that.contains('NVIDIA');
        await rm(folder, { recursive: true });
      });
    }
  });
});
