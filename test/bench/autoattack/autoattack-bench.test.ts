import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Outcome } from './contest.js';

const main = fileURLToPath(new URL('main.js', import.meta.url));
const run = promisify(execFile);

describe('npm run bench:autoattack', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-bench-test-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('attacks a network whose weights it makes up, and writes every verdict', async () => {
    const out = join(folder, 'autoattack.json');
    const small = ['--network', 'resnet-plain:2b', '--samples', '4', '--queries', '3', '--iterations', '2'];
    const { stdout } = await run(process.execPath, [main, ...small, '--epsilon', '1/255', '--out', out]);
    const { ours } = JSON.parse(await readFile(out, 'utf8')) as { ours: Outcome };
    expect(ours.correct).to.deep.equal([0, 1, 2, 3]);
    // a start and two updates of each example
    expect(ours.attacks['apgd-ce']!.forwards).to.be.at.least(4 * 3);
    expect(stdout)
      .to.contain('4 correct clean')
      .and.to.match(/total +\d/);
  });

  it('says what it lacks where the reference cannot run', async () => {
    const few = ['--samples', '1', '--attacks', 'square', '--queries', '1', '--epsilon', '1/255'];
    const missing = ['--autoattack-reference', folder, '--python', 'no-python-of-this-name'];
    const { stderr } = await run(process.execPath, [main, ...few, ...missing]).catch(
      (error: unknown) => error as { stderr: string },
    );
    expect(stderr).to.match(/^the reference did not run: .*no-python-of-this-name/);
  });

  it('refuses an attack that is not among the standard ones', async () => {
    const { stderr } = await run(process.execPath, [main, '--attacks', 'pgd']).catch(
      (error: unknown) => error as { stderr: string },
    );
    expect(stderr).to.equal('--attacks: pgd is none of apgd-ce, apgd-t, fab-t, square.\n');
  });
});
