import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli, temporaryFolder, tinyTraining } from './cli-process.js';

/** Most tests of the command line ask one process for many commands: it must answer as one process for each does. */
describe('the command line that tests ask again and again', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    mkdirSync(join(folder.path, 'images'));
    for (const file of ['data_batch_1.bin', 'test_batch.bin']) {
      writeFileSync(join(folder.path, 'images', file), Buffer.alloc(3073));
    }
  });
  after(() => folder.remove());

  const commands: readonly (readonly string[])[] = [
    ['--help'],
    ['trian'], // exit code 2
    ['list', 'attack'],
    ['show', 'pgdd', '--json'], // exit code 1
    ['data', 'check', 'images'], // exit code 1, without an error
    ['explain', '--plugin', 'fair-geometric'],
  ];

  for (const args of commands) {
    it(`answers ard ${args.join(' ')} like a process of its own`, async () => {
      const alone = await startCli(args, folder.path).result;
      expect(await runCli(args, folder.path)).to.deep.equal(alone);
    });
  }

  it('trains, after other commands and after a training, the student that a process of its own trains', async () => {
    const train = (run: string) => ['train', ...tinyTraining, '--epochs', '2', '--quiet', '--run-dir', run];
    const results = [
      await startCli(train('alone'), folder.path).result,
      await runCli(train('served'), folder.path),
      await runCli(train('again'), folder.path),
    ];
    for (const { code, stderr } of results) expect(code, stderr).to.equal(0);
    const [alone, served, again] = ['alone', 'served', 'again'].map((run) =>
      readFileSync(join(folder.path, run, 'checkpoints', 'student.safetensors')),
    );
    expect(served!.equals(alone!)).to.equal(true);
    expect(again!.equals(alone!)).to.equal(true);
  });

  it('runs commands one after the other, each in its folder', async () => {
    const other = await temporaryFolder();
    const answers = await Promise.all(
      [folder, other].map(({ path }) => runCli(['data', 'check', 'absent'], path)),
    );
    await other.remove();
    [folder, other].forEach(({ path }, index) =>
      expect(answers[index]!.stderr).to.contain(join(path, 'absent')),
    );
  });
});
