import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensorsStore } from '@ard/checkpoints';
import { readAdversarials, readVerdicts } from '@ard/core/host';
import { runCli, startCli, temporaryFolder, tinyTraining } from './cli-process.js';

interface Summary {
  readonly runDirectory: string;
  readonly samples: number;
  readonly trusted: boolean;
  readonly robust: { readonly average: number };
  readonly checks: readonly { readonly id: string; readonly passed: boolean; readonly accepted: boolean }[];
  readonly recomputed: { readonly agrees: boolean; readonly robustAccuracy: number };
  readonly speed: { readonly sampleSteps: number; readonly sampleStepsPerSecond: number };
  readonly attacks: readonly { readonly id: string; readonly skipped: readonly string[] }[];
}

const student = join('checkpoints', 'student.safetensors');
const images = ['--dataset', 'generated', '--set', 'dataset.size=8', '--set', 'dataset.testCount=60'];
const classes = ['--set', 'dataset.classes=3'];
/** Three pools of two batches; APGD and Square over each. */
const attacks = [
  ...[
    '--set',
    'evaluation.batchSize=10',
    '--set',
    'evaluation.poolSize=20',
    '--set',
    'evaluation.checkSamples=8',
  ],
  '--set',
  'evaluation.attacks=[{id: pgd, options: {steps: 3, keep: best}},' +
    ' {id: autoattack:custom, options: {attacks: [apgd-ce, apgd-t, square], iterations: 8, queries: 300}}]',
];

describe('ard evaluate', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** What an evaluation of run a says of itself; it is kept in runs/whole. */
  let whole: Summary;
  const bytes = (run: string, name: string): Buffer => readFileSync(join(folder.path, 'runs', run, name));
  const evaluated = async (...args: readonly string[]): Promise<Summary> => {
    const { code, stdout, stderr } = await runCli(['evaluate', ...args, '--json'], folder.path);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as Summary;
  };

  before(async () => {
    folder = await temporaryFolder();
    for (const name of ['a', 'b']) {
      const seed = name === 'a' ? '1' : '2';
      const run = ['train', ...tinyTraining, ...classes, '--epochs', '3', '--name', name, '--seed', seed];
      const { code, stderr } = await runCli([...run, '--quiet'], folder.path);
      expect(code, stderr).to.equal(0);
    }
    whole = await evaluated('runs/a', ...images, ...classes, ...attacks, '--name', 'whole');
  });
  after(() => folder.remove());

  it('keeps a verdict and the image that broke each sample, and recomputes its number from them', async () => {
    expect(whole.samples).to.equal(60);
    expect(whole.runDirectory).to.equal(join('runs', 'whole'));
    const lock = JSON.parse(bytes('whole', 'plugins.lock.json').toString()) as {
      plugins: { name: string; version: string; integrity: string }[];
    };
    const names = lock.plugins.map(({ name }) => name);
    expect(names).to.include.members(['attack-gradient', 'attack-autoattack', 'models-small-cnn']);
    const report = bytes('whole', 'report.html').toString();
    for (const { name, version, integrity } of lock.plugins) {
      expect(integrity).to.match(/^sha256-/);
      expect(report).to.contain(name).and.contain(version);
    }
    const directory = join(folder.path, 'runs', 'whole');
    const verdicts = readVerdicts(directory);
    const robust = verdicts.filter(
      ({ label, cleanPrediction, brokenBy }) => cleanPrediction === label && brokenBy === undefined,
    );
    expect(whole.robust.average).to.equal(robust.length / 60);
    const saved = (await readAdversarials(directory, safetensorsStore))!;
    expect(saved.indices).to.deep.equal(
      verdicts.filter(({ brokenBy }) => brokenBy !== undefined).map(({ index }) => index),
    );
    expect(whole.recomputed).to.include({ agrees: true, robustAccuracy: robust.length / 60 });
    expect(whole.speed.sampleSteps).to.be.above(0);
    expect(whole.speed.sampleStepsPerSecond).to.be.above(0);
    expect(existsSync(join(directory, 'state')), 'state of a complete evaluation').to.equal(false);
    for (const name of ['summary.json', 'classes.csv', 'report.html', 'config.json']) {
      expect(existsSync(join(directory, name)), name).to.equal(true);
    }
  });

  it('marks a number that a check speaks against, unless the check is accepted', async () => {
    // three classes are too few for the targeted loss: that part did not run
    expect(whole.trusted).to.equal(false);
    expect(whole.attacks[1]!.skipped).to.deep.equal(['apgd-t']);
    const check = (summary: Summary) => summary.checks.find(({ id }) => id === 'classes-for-dlr');
    expect(check(whole)).to.include({ passed: false, accepted: false });

    const args = ['evaluate', 'runs/a', ...images, ...classes, ...attacks, '--quiet', '--name'];
    const text = await runCli([...args, 'text'], folder.path);
    expect(text.stdout)
      .to.contain('! The robust accuracy above is not to be trusted')
      .and.contain('classes-for-dlr');
    const others = whole.checks.filter(({ passed }) => !passed).flatMap(({ id }) => ['--accept', id]);
    const accepted = await runCli([...args, 'accepted', ...others], folder.path);
    expect(accepted.stdout).to.contain('Accepted: classes-for-dlr').and.not.contain('not to be trusted');
    const kept = JSON.parse(bytes('accepted', 'summary.json').toString()) as Summary;
    expect(kept.trusted).to.equal(true);
    expect(check(kept)).to.include({ passed: false, accepted: true });

    // a complete evaluation is judged anew without another attack
    const before = bytes('whole', 'verdicts.jsonl');
    const later = await runCli(['evaluate', '--resume', 'runs/whole', ...others], folder.path);
    expect(later.code, later.stderr).to.equal(0);
    expect(later.stdout).to.contain('The robust accuracy is no longer marked.');
    const judged = JSON.parse(bytes('whole', 'summary.json').toString()) as Summary;
    expect({ ...judged, runDirectory: whole.runDirectory }).to.deep.equal({
      ...whole,
      trusted: true,
      checks: whole.checks.map((one) => ({ ...one, accepted: !one.passed })),
    });
    expect(bytes('whole', 'verdicts.jsonl').equals(before)).to.equal(true);
    const needless = await runCli(
      ['evaluate', '--resume', 'runs/whole', '--accept', 'randomness'],
      folder.path,
    );
    expect(needless.code).to.equal(1);
    expect(needless.stderr).to.contain('that check has not failed').and.contain('Failed: ');
  });

  it('goes on after a kill, and ends with the same bytes', async () => {
    const args = ['runs/a', ...images, ...classes, ...attacks];
    const { process: child, result } = startCli(['evaluate', ...args, '--name', 'killed'], folder.path);
    child.stderr!.on('data', (data: Buffer) => {
      // the first pool is done, the second is under way
      if (data.toString().includes('20/60 images, autoattack:custom square')) child.kill('SIGKILL');
    });
    const killed = await result;
    expect(killed.code, 'killed in the middle').to.equal(null);
    const resumed = await startCli(['evaluate', '--resume', 'runs/killed'], folder.path).result;
    expect(resumed.code, resumed.stderr).to.equal(0);
    // what the first process had found was not looked for again
    expect(resumed.stderr).not.to.contain('sample-steps/s\na: 0/60 images, pgd on 20 images, ');
    for (const name of ['verdicts.jsonl', 'adversarials.safetensors', 'classes.csv']) {
      expect(bytes('killed', name).equals(bytes('whole', name)), name).to.equal(true);
    }
    const again = await runCli(['evaluate', '--resume', 'runs/killed'], folder.path);
    expect(again.code, again.stderr).to.equal(0);
    expect(again.stdout).to.contain('is complete');
  });

  it('compares several networks in one table', async () => {
    const args = ['evaluate', 'runs/a', `runs/b/${student}`, ...images, ...classes, '--quiet'];
    const { code, stdout, stderr } = await runCli(
      [...args, '--attack', 'fgsm', '--attack', 'pgd:train10', '--name', 'both'],
      folder.path,
    );
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/network +clean +fgsm +pgd:train10 +robust +worst/);
    const rows = stdout.split('\n').filter((line) => /^(a|student) +\d/.test(line));
    expect(rows, stdout).to.have.length(2);
    const [first, second] = ['1-a', '2-student'].map((name) => `networks/${name}`);
    const { networks } = JSON.parse(bytes('both', 'summary.json').toString()) as { networks: Summary[] };
    [first, second].forEach((name, index) => {
      expect(JSON.parse(bytes('both', `${name}/summary.json`).toString())).to.deep.equal(networks[index]);
      expect(readVerdicts(join(folder.path, 'runs', 'both', name!))).to.have.length(60);
    });
    const compared = await runCli(['compare', 'runs/both', 'runs/a'], folder.path);
    expect(compared.code).to.equal(1);
    expect(compared.stderr).to.contain('several networks');
    expect(compared.stderr.replaceAll(/\s+/g, ' ')).to.contain(
      'ard compare runs/both/networks/1-a runs/both/networks/2-student',
    );
  });

  it('saves images as asked', async () => {
    const sizes: number[] = [];
    for (const how of ['8bit', 'float']) {
      await evaluated('runs/a', ...images, ...classes, '--name', how, '--save-adversarials', how);
      sizes.push(bytes(how, 'adversarials.safetensors').length);
    }
    expect(sizes[1]! / sizes[0]!).to.be.above(2);
    const none = await evaluated(
      'runs/a',
      ...images,
      ...classes,
      '--name',
      'none',
      '--save-adversarials',
      'none',
    );
    expect(none).not.to.have.property('recomputed');
    expect(existsSync(join(folder.path, 'runs/none/adversarials.safetensors'))).to.equal(false);
    expect(bytes('none', 'verdicts.jsonl').toString()).to.contain('brokenBy');
  });

  it('refuses a folder that is taken, an evaluation as a network, and a training as an evaluation', async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await runCli(['evaluate', ...args], folder.path);
      expect(code).to.be.above(0);
      expect(stderr).not.to.match(/^ +at /m);
      return stderr;
    };
    expect(await refused('runs/a', ...images, ...classes, '--name', 'whole')).to.contain('not empty');
    expect(await refused('runs/whole', ...images)).to.contain('is an evaluation, not a network');
    const misspelt = ['--set', 'evaluation.attacks=[{id: pgd, options: {stpes: 3}}]', '--name', 'never'];
    expect(await refused('runs/a', ...images, ...classes, ...misspelt))
      .to.contain('stpes')
      .and.contain('steps');
    expect(existsSync(join(folder.path, 'runs/never'))).to.equal(false);
    expect(await refused('--resume', 'runs/a')).to.contain('There is no evaluation in runs/a');
  });
});
