import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli, temporaryFolder, tinyTraining } from './cli-process.js';

interface Summary {
  readonly best?: {
    readonly file: string;
    readonly select: string;
    readonly epoch: number;
    readonly score: number;
    readonly attack: string;
    readonly robustAccuracy: number;
  };
  readonly attacks: readonly { readonly id: string }[];
}

interface Epoch {
  readonly event: string;
  readonly epoch: number;
  readonly evaluation?: { readonly robustAccuracy: number; readonly worstClassRobustAccuracy: number };
  readonly best?: { readonly epoch: number; readonly score: number };
}

describe('the best student of a run', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const file = (run: string, name: string): Buffer => readFileSync(join(folder.path, 'runs', run, name));
  const summary = (run: string): Summary => JSON.parse(file(run, 'summary.json').toString()) as Summary;
  const hash = (run: string, name: string): string =>
    createHash('sha256').update(file(run, name)).digest('hex');
  const bestFile = 'checkpoints/student-best.safetensors';
  const selecting = [
    ...[...tinyTraining, '--epochs', '6', '--set', 'training.evaluateEvery=1'],
    ...['--set', 'evaluation.select=robust+worst', '--set', 'evaluation.selectAttacks=[pgd:ten]'],
  ];

  it('is kept beside the last one, with the evaluation that it was selected by', async () => {
    const { code, stdout, stderr } = await runCli(['train', ...selecting, '--name', 'whole'], folder.path);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/Best student: epoch \d of 6, by robust\+worst on test images: clean /);
    const epochs = file('whole', 'metrics.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Epoch)
      .filter(({ event }) => event === 'epoch');
    const scores = epochs.map(
      ({ evaluation }) => evaluation!.robustAccuracy + evaluation!.worstClassRobustAccuracy,
    );
    const { best, attacks } = summary('whole');
    expect(best).to.include({ file: bestFile.replace('/', join('/')), select: 'robust+worst' });
    expect(best!.epoch).to.equal(scores.indexOf(Math.max(...scores)));
    expect(best!.score).to.equal(Math.max(...scores));
    expect(best!.attack).to.match(/10 steps/);
    expect(epochs.at(-1)!.best).to.deep.equal({ epoch: best!.epoch, score: best!.score });
    // the result is that of the last student under the attacks of the evaluation
    expect(attacks.map(({ id }) => id)).to.deep.equal(['fgsm']);

    const data = ['--dataset', 'generated', '--set', 'dataset.size=8', '--set', 'dataset.testCount=20'];
    const again = await runCli(
      ['evaluate', join('runs', 'whole', bestFile), ...data, '--attack', 'pgd:ten', '--json'],
      folder.path,
    );
    expect(again.code, again.stderr).to.equal(0);
    const { robust } = JSON.parse(again.stdout) as { robust: { average: number } };
    expect(robust.average).to.equal(best!.robustAccuracy);
  });

  it('is the same after a kill and a resume', async () => {
    const killed = startCli(['train', ...selecting, '--name', 'killed'], folder.path);
    await killed.printed('epoch 3/6');
    killed.process.kill('SIGKILL');
    await killed.result;
    const resumed = await startCli(['train', '--resume', 'runs/killed'], folder.path).result;
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(summary('killed').best).to.deep.equal(summary('whole').best);
    expect(hash('killed', bestFile)).to.equal(hash('whole', bestFile));
    expect(hash('killed', 'checkpoints/student.safetensors')).to.equal(
      hash('whole', 'checkpoints/student.safetensors'),
    );
  });

  it('is not looked for unless a selection says how', async () => {
    const { code, stderr } = await runCli(
      ['train', ...tinyTraining, '--epochs', '1', '--name', 'last'],
      folder.path,
    );
    expect(code, stderr).to.equal(0);
    expect(existsSync(join(folder.path, 'runs', 'last', bestFile))).to.equal(false);
    expect(summary('last').best).to.equal(undefined);
  });

  it('saves the running average where there is one', async () => {
    const { code, stderr } = await runCli(
      [
        ...['train', ...tinyTraining, '--epochs', '2', '--name', 'averaged', '--plugin', 'weight-averaging'],
        ...['--set', 'averaging=ema', '--set', 'averaging.decay=0.5', '--set', 'training.evaluateEvery=1'],
        ...['--set', 'evaluation.select=robust'],
      ],
      folder.path,
    );
    expect(code, stderr).to.equal(0);
    const { safetensorsStore } = await import('@ard/checkpoints');
    const load = async (name: string) =>
      (await safetensorsStore.load(join(folder.path, 'runs', 'averaged', 'checkpoints', name))).tensors;
    const [student, state] = [await load('student.safetensors'), await load('last.safetensors')];
    for (const [name, { data, storage }] of Object.entries(student)) {
      const part = `averageParameters/${name}` in state ? 'averageParameters' : 'averageStatistics';
      expect(Array.from(data), name).to.deep.equal(Array.from(state[`${part}/${name}`]!.data));
      if (storage === 'float32' && part === 'averageParameters') {
        expect(Array.from(data), name).not.to.deep.equal(Array.from(state[`parameters/${name}`]!.data));
      }
    }
    const best = await load('student-best.safetensors');
    expect(Object.keys(best)).to.have.members(Object.keys(student));
  });
});
