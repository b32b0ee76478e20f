import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli, temporaryFolder, tinyTraining } from './cli-process.js';

/** Every kind of state at once: fair weights, estimator sums, momentum, statistics moved inside the attack. */
const training = [
  ...[
    'train',
    ...tinyTraining,
    '--plugin',
    'fair-geometric',
    '--preset',
    'fair-ard',
    '--teacher',
    'runs/teacher',
  ],
  ...['--set', 'attack.steps=2', '--set', 'optimizer.learningRate=0.01', '--epochs', '20', '--quiet'],
  ...['--set', 'training.evaluateEvery=0'],
];

describe('a run that is killed', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** How long the run takes when nobody disturbs it, in milliseconds. */
  let duration: number;
  const file = (run: string, name: string): Buffer => readFileSync(join(folder.path, 'runs', run, name));

  before(async () => {
    folder = await temporaryFolder();
    const teacher = await runCli(
      ['train', ...tinyTraining, '--epochs', '1', '--quiet', '--name', 'teacher'],
      folder.path,
    );
    expect(teacher.code, teacher.stderr).to.equal(0);
    const started = performance.now();
    const whole = await startCli([...training, '--name', 'whole'], folder.path).result;
    duration = performance.now() - started;
    expect(whole.code, whole.stderr).to.equal(0);
  });
  after(() => folder.remove());

  /** Starts or resumes the run and kills it with SIGKILL after a random time; true when it ended before that. */
  async function runUntilKilled(name: string, minutes: string, milliseconds: number): Promise<boolean> {
    const begun = existsSync(join(folder.path, 'runs', name, 'config.json'));
    const args = begun
      ? ['train', '--resume', `runs/${name}`, '--quiet']
      : [...training, '--set', `training.checkpointMinutes=${minutes}`, '--name', name];
    const child = startCli(args, folder.path);
    const timer = setTimeout(() => child.process.kill('SIGKILL'), milliseconds);
    const { code, stderr } = await child.result;
    clearTimeout(timer);
    expect(code, stderr).to.be.oneOf([0, null]); // null: ended by a signal
    return code === 0;
  }

  // 0 saves after every step, 5 at the end of epochs only: kills then fall far from the last checkpoint
  for (const minutes of ['0', '5']) {
    it(`at random moments, saving every ${minutes} minutes, ends with the same weights and metrics`, async () => {
      const name = `killed-${minutes}`;
      const delays: number[] = [];
      let ended = false;
      for (let kill = 0; kill < 4 && !ended; kill++) {
        // from loading to well into the training
        delays.push(Math.round(duration * (0.1 + 0.5 * Math.random())));
        ended = await runUntilKilled(name, minutes, delays.at(-1)!);
      }
      if (!ended) ended = await runUntilKilled(name, minutes, 2 ** 30);
      expect(delays, 'the first kill must hit').to.have.length.greaterThan(1);
      const how = `killed after ${delays.join(', ')} ms`;
      expect(ended, how).to.equal(true);
      for (const result of ['checkpoints/student.safetensors', 'metrics.jsonl', 'summary.json']) {
        expect(file(name, result).equals(file('whole', result)), `${result}, ${how}`).to.equal(true);
      }
    });
  }
});
