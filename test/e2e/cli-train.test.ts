import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli, startCli, temporaryFolder, tinyTraining } from './cli-process.js';

describe('training on the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const inRun = (run: string, file: string): string => join(folder.path, 'runs', run, file);
  const bytes = (run: string, file: string): Buffer => readFileSync(inRun(run, file));

  it('ends with the table per class, the worst class and the run directory, and leaves the files of a run', async () => {
    const args = ['train', ...tinyTraining, '--epochs', '6', '--name', 'whole'];
    const { code, stdout, stderr } = await startCli(args, folder.path).result;
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('epoch 6/6');
    expect(stdout).to.match(/worst class/);
    expect(stdout.trimEnd()).to.match(/Run directory: runs.whole$/);
    const files = ['config.json', 'plugins.lock.json', 'metrics.jsonl', 'summary.json', 'report.html'];
    for (const file of [...files, 'checkpoints/student.safetensors', 'checkpoints/last.safetensors']) {
      expect(existsSync(inRun('whole', file)), file).to.equal(true);
    }
    const lock = JSON.parse(bytes('whole', 'plugins.lock.json').toString()) as {
      plugins: { name: string; version: string; integrity: string }[];
    };
    expect(lock.plugins.map(({ name }) => name)).to.include('adversarial-training');
    for (const { integrity } of lock.plugins) expect(integrity).to.match(/^sha256-/);
  });

  it('repeats a run from its config.json', async () => {
    const args = ['train', '--config', 'runs/whole/config.json', '--name', 'again', '--json'];
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect(code, stderr).to.equal(0);
    const result = JSON.parse(stdout) as { runDirectory: string; robust: { worst: { accuracy: number } } };
    expect(result.runDirectory).to.match(/again$/);
    expect(result.robust.worst.accuracy).to.be.within(0, 1);
    expect(
      bytes('again', 'checkpoints/student.safetensors').equals(
        bytes('whole', 'checkpoints/student.safetensors'),
      ),
    ).to.equal(true);
  });

  it('saves on Ctrl-C, says how to go on, and ends as if it had never stopped', async () => {
    const stopped = startCli(['train', ...tinyTraining, '--epochs', '6', '--name', 'stopped'], folder.path);
    await stopped.printed('epoch 1/6');
    stopped.process.kill('SIGINT');
    const { code, stderr } = await stopped.result;
    expect(code).to.equal(130);
    expect(stderr).to.match(/Go on with: ard train --resume runs.stopped/);
    expect(existsSync(inRun('stopped', 'summary.json'))).to.equal(false);

    const resumed = await startCli(['train', '--resume', 'runs/stopped'], folder.path).result;
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(resumed.stdout).to.contain('going on at epoch');
    for (const file of ['checkpoints/student.safetensors', 'metrics.jsonl']) {
      expect(bytes('stopped', file).equals(bytes('whole', file)), file).to.equal(true);
    }
  });

  it('resumes a run that has finished by only reporting it again', async () => {
    const { code, stdout, stderr } = await runCli(['train', '--resume', 'runs/whole'], folder.path);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('Run directory: runs/whole');
  });

  it('evaluates a run, with other attacks where asked', async () => {
    const args = ['evaluate', 'runs/whole', '--attack', 'pgd', '--attack', 'fgsm', '--json'];
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect(code, stderr).to.equal(0);
    const result = JSON.parse(stdout) as { attacks: { id: string }[]; samples: number };
    expect(result.attacks.map(({ id }) => id)).to.deep.equal(['pgd', 'fgsm']);
    expect(result.samples).to.equal(20);
  });

  const student = [
    ...['train', ...tinyTraining, '--plugin', 'fair-geometric', '--epochs', '1'],
    ...['--set', 'attack.steps=2', '--quiet', '--set', 'training.evaluateEvery=0'],
  ];

  it('takes a run as the teacher, knowing its architecture', async () => {
    const args = [
      ...student,
      '--set',
      'student=small-cnn:strided',
      '--teacher',
      'runs/whole',
      '--name',
      'student',
    ];
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('Run directory: runs/student');
    const { teacher } = JSON.parse(bytes('student', 'config.json').toString()) as {
      teacher: { id: string; options: { widths: number[] } };
    };
    expect(teacher).to.deep.include({ id: 'small-cnn' });
    expect(teacher.options.widths).to.deep.equal([4, 8]);
  });

  it('trains a teacher itself where told to, once for all runs on the same data', async () => {
    const auto = (name: string) =>
      [...student, '--teacher', 'auto', '--name', name].filter((arg) => arg !== '--quiet');
    const first = await runCli(auto('first'), folder.path);
    expect(first.code, first.stderr).to.equal(0);
    expect(first.stdout).to.match(/Teacher: training one first, kept in .*teachers/);
    expect(first.stdout).to.contain('teacher: epoch 1/1');
    const second = await runCli(auto('second'), folder.path);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.contain('Teacher: trained before');
    expect(
      bytes('second', 'checkpoints/student.safetensors').equals(
        bytes('first', 'checkpoints/student.safetensors'),
      ),
    ).to.equal(true);
  });

  it('explains a run with the plugin that the documentation builds', async () => {
    const plugin = fileURLToPath(new URL('../../../examples/custom-plugin', import.meta.url));
    const args = ['explain', '--plugin', 'method-rslad', '--plugin', plugin, '--set', 'strategy.memory=0.9'];
    const { code, stdout, stderr } = await runCli(args, folder.path);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/robust-error +ard-plugin-robust-error 0\.1\.0 +path/);
    expect(stdout).to.match(/^strategy: robust-error .*preset robust-error/m);
    expect(stdout).to.match(/memory +0\.9 +from --set/);
    const trained = await runCli(
      ['train', ...tinyTraining, '--plugin', plugin, '--epochs', '2', '--quiet'],
      folder.path,
    );
    expect(trained.code, trained.stderr).to.equal(0);
  });
});
