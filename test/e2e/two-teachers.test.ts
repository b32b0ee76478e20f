import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';

describe('two teachers on the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const train = async (...args: readonly string[]) =>
    await runCli(['train', ...tinyTraining, ...args], folder.path);

  it('each has its own architecture, normalisation and checkpoint, and the balance between them moves', async () => {
    const robust = await train('--epochs', '1', '--name', 'robust');
    expect(robust.code, robust.stderr).to.equal(0);
    const own = [
      '--set',
      'student.widths=[2, 4]',
      '--set',
      'student.mean=[0.5]',
      '--set',
      'student.std=[0.25]',
    ];
    const settings = tinyTraining.filter(
      (argument, index) => ![argument, tinyTraining[index + 1]].includes('attack.steps=2'),
    );
    const clean = await runCli(
      ['train', ...settings, '--preset', 'standard', ...own, '--epochs', '1', '--name', 'clean'],
      folder.path,
    );
    expect(clean.code, clean.stderr).to.equal(0);
    const teachers = ['--teacher', 'runs/robust', '--clean-teacher', 'runs/clean'];
    const both = await train('--plugin', 'method-mtard', ...teachers, '--epochs', '2', '--name', 'both');
    expect(both.code, both.stderr).to.equal(0);

    const read = (name: string): string => readFileSync(join(folder.path, 'runs', 'both', name), 'utf8');
    const config = JSON.parse(read('config.json')) as Record<
      'teacher' | 'cleanTeacher',
      { checkpoint: string; options: { widths: number[]; mean: number[] } }
    >;
    expect(config.teacher).to.deep.include({ checkpoint: 'runs/robust' });
    expect(config.teacher.options.widths).to.deep.equal([4, 8]);
    expect(config.cleanTeacher).to.deep.include({ checkpoint: 'runs/clean' });
    expect(config.cleanTeacher.options.widths).to.deep.equal([2, 4]);
    expect(config.cleanTeacher.options.mean).not.to.deep.equal(config.teacher.options.mean);
    const weights = read('metrics.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; methodState: { cleanWeight: number[] } })
      .filter(({ event }) => event === 'epoch')
      .map(({ methodState }) => methodState.cleanWeight[0]);
    expect(weights).to.have.length(2);
    expect(weights[0]).not.to.equal(0.5);
    expect(weights[1]).not.to.equal(weights[0]);
  });

  it('a missing second one is asked for by its flag, and auto makes none', async () => {
    const robust = ['--plugin', 'method-mtard', '--teacher', 'auto'];
    const missing = await train(...robust);
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.contain('--clean-teacher');
    const auto = await train(...robust, '--clean-teacher', 'auto');
    expect(auto.code).to.equal(1);
    expect(auto.stderr).to.contain('only robust teachers are trained by themselves');
  });

  it('the spelling of the papers for another difficulty is refused with the one of ard', async () => {
    const { code, stderr } = await runCli(
      ['explain', '--plugin', 'fair-geometric', '--set', 'strategy.difficulty=margin'],
      folder.path,
    );
    expect(code).to.equal(1);
    expect(stderr).to.contain('--set estimator=margin');
  });
});
