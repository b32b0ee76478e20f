import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { temporaryFolder } from '../e2e/cli-process.js';
import type { BenchReport } from './report.js';
import { sharesOf } from './report.js';
import { printReport } from './table.js';

const main = fileURLToPath(new URL('main.js', import.meta.url));
const run = promisify(execFile);

describe('npm run bench', () => {
  it('measures every part and writes the results, without PyTorch too', async () => {
    const folder = await temporaryFolder();
    try {
      const out = join(folder.path, 'bench.json');
      const small = ['--networks', 'resnet-8:10', '--size', '8', '--repetitions', '1', '--growth-steps', '2'];
      const { stdout, stderr } = await run(process.execPath, [
        main,
        ...[...small, '--python', 'no-python-of-this-name', '--out', out],
      ]);
      const report = JSON.parse(readFileSync(out, 'utf8')) as BenchReport;
      expect(report.measurements.map(({ step }) => step)).to.deep.equal([
        'attack-gradient',
        'train-step',
        'fair-rslad-step',
        'evaluation-forward',
      ]);
      for (const { medians } of report.measurements) expect(medians.ours).to.be.above(0);
      expect(report.memory[0]!.peak.ours).to.be.above(1e7);
      expect(report.compilation).to.have.length(1);
      expect(report.growth[0]).to.include({ steps: 2, batch: 10 });
      expect(stdout).to.contain('resnet-8, batch 10').and.to.contain('fair-rslad-step');
      expect(stderr).to.contain('no contestant channels-last').and.to.contain('no-python-of-this-name');
    } finally {
      await folder.remove();
    }
  });

  it('refuses what means nothing, without a stack', async () => {
    const { stderr } = await run(process.execPath, [main, '--only', 'speed']).catch(
      (error: unknown) => error as { stderr: string },
    );
    expect(stderr).to.match(/^--only: speed is none of attack-gradient/);
    expect(stderr).not.to.contain('at ');
  });

  it("takes PyTorch's better layout and says whether a target is met", () => {
    const medians = { ours: 0.06, 'channels-last': 0.1, nchw: 0.08, released: 0.2 };
    const shares = sharesOf(medians, { pytorch: 0.7, released: 0.6 });
    expect(shares.map(({ of, value }) => [of, Number(value.toFixed(4))])).to.deep.equal([
      ['PyTorch', 0.75],
      ['released', 0.3],
    ]);
    const text = printReport({
      date: '2026-11-25',
      machine: { processor: 'p', cores: 2, threads: 2 },
      repetitions: 1,
      versions: {},
      measurements: [{ network: 'n', batch: 1, step: 'fair-rslad-step', medians, shares }],
      memory: [],
      compilation: [],
      growth: [],
    });
    expect(text).to.contain('0.75 of PyTorch (at most 0.7: NOT met)');
    expect(text).to.contain('0.30 of released (at most 0.6: met)');
  });
});
