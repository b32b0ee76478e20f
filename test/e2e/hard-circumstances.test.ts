import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, temporaryFolder, tinyTraining } from './cli-process.js';

describe('training when things go wrong', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  it('stops at numbers that are not finite, names the batch, and keeps a checkpoint from which it can be read', async () => {
    const { code, stdout, stderr } = await runCli(
      [
        ...['train', ...tinyTraining, '--epochs', '3', '--name', 'diverging', '--quiet'],
        ...['--set', 'optimizer.learningRate=1e20', '--set', 'training.checkpointMinutes=0'],
      ],
      folder.path,
    );
    expect(code).to.equal(1);
    expect(stderr).to.match(/^Error: .*finite.*\(epoch 1, batch \d of 4\)\.?\n.*learningRate/);
    expect(stderr).not.to.contain('    at ');
    expect(stdout).to.equal('');
    const run = join(folder.path, 'runs', 'diverging');
    expect(existsSync(join(run, 'checkpoints', 'student.safetensors'))).to.equal(false);
    const again = await runCli(['train', '--resume', 'runs/diverging', '--quiet'], folder.path);
    expect(again.stderr).to.equal(stderr);
  });

  it('says that the disk is full, keeps what was saved, and goes on when there is room again', async function () {
    const disk = join(folder.path, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', disk]).status !== 0) {
      console.log('      no right to mount a small disk here: the full-disk test cannot run');
      return this.skip();
    }
    try {
      const run = join(disk, 'run');
      const train = ['train', ...tinyTraining, '--epochs', '4', '--quiet', '--run-dir', run];
      const free = spawnSync('df', ['--output=avail', '-k', disk]).stdout.toString().match(/\d+/)![0];
      writeFileSync(join(disk, 'filler'), Buffer.alloc(1024 * (Number(free) - 40)));
      const full = await runCli([...train, '--set', 'training.checkpointMinutes=0'], folder.path);
      expect(full.code, full.stdout).to.equal(1);
      expect(full.stderr).to.match(
        /^Error: Cannot write .*: the disk is full\.\n.*nothing that was saved before is lost/,
      );
      expect(readdirSync(join(run, 'checkpoints')).filter((name) => name.includes('tmp'))).to.deep.equal([]);

      writeFileSync(join(disk, 'filler'), '');
      const resumed = await runCli(['train', '--resume', run, '--quiet'], folder.path);
      expect(resumed.code, resumed.stderr).to.equal(0);
      const undisturbed = await runCli([...train.slice(0, -1), 'runs/undisturbed'], folder.path);
      expect(undisturbed.code, undisturbed.stderr).to.equal(0);
      const student = join('checkpoints', 'student.safetensors');
      expect(
        readFileSync(join(run, student)).equals(
          readFileSync(join(folder.path, 'runs', 'undisturbed', student)),
        ),
      ).to.equal(true);
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
