import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CheckpointStore, StoredTensors } from '../../src/contracts/checkpoint-store.js';
import { neutralKnobs } from '../../src/contracts/knobs.js';
import { isArdError } from '../../src/errors.js';
import { hostArray } from '../../src/nd-array.js';
import {
  createRunDirectory,
  openRunDirectory,
  readRunConfig,
} from '../../src/run-directory/run-directory.js';
import { noSums } from '../../src/training/epoch-sums.js';
import type { TrainingState } from '../../src/training/training-state.js';
import type { StepFinished } from '../../src/training/training-events.js';

/** Holds files in memory; only that they exist matters to the directory. */
function memoryStore(): CheckpointStore {
  const files = new Map<string, StoredTensors>();
  return {
    save: (path, content) => {
      files.set(path, content);
      writeFileSync(path, 'held in memory');
      return Promise.resolve();
    },
    load: (path) => Promise.resolve(files.get(path)!),
  };
}

const state = (step: number): TrainingState => ({
  student: {
    parameters: { 'fc.weight': hostArray(Float32Array.of(0.1, -2), [1, 2]) },
    statistics: { 'bn.running_mean': hostArray(Float32Array.of(3), [1]) },
  },
  optimizer: { 'fc.weight': hostArray(Float32Array.of(5, 6), [1, 2]) },
  methodState: {},
  progress: {
    epoch: 1,
    step,
    knobs: neutralKnobs(2),
    strategyState: { lambda: [0.5] },
    sums: noSums(2),
    averageUpdates: 0,
  },
});

const step = (index: number): StepFinished => ({
  epoch: 0,
  step: index,
  stepsPerEpoch: 4,
  epochs: 1,
  loss: 1 / (index + 1),
  terms: {},
  cleanAccuracy: undefined,
  robustAccuracy: 0.5,
  learningRate: 0.1,
});

describe('run directory', () => {
  let folder: string;
  let store: CheckpointStore;
  const records = { config: { training: { seed: 3 } }, plugins: { 'fair-geometric': '0.1.0' } };
  const metrics = () => readFileSync(join(folder, 'run', 'metrics.jsonl'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ard-run-'));
    store = memoryStore();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('records the resolved configuration and the plugins before anything runs', () => {
    const run = createRunDirectory(join(folder, 'run'), records, store);
    expect(readRunConfig(run.path)).to.deep.equal(records.config);
    expect(existsSync(join(run.path, 'plugins.lock.json'))).to.equal(true);
    run.close();
  });

  it('refuses a folder that holds something, and touches nothing in it', () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'thesis.txt'), 'three years of work');
    expect(() => createRunDirectory(join(folder, 'run'), records, store)).to.throw(
      /already exists and is not empty/,
    );
    expect(readdirSync(join(folder, 'run'))).to.deep.equal(['thesis.txt']);
  });

  it('begins where a start was killed before it could say what it was', () => {
    const path = join(folder, 'run');
    mkdirSync(join(path, 'checkpoints'), { recursive: true });
    writeFileSync(join(path, 'config.json.4711.tmp'), '{"trai');
    writeFileSync(join(path, 'plugins.lock.json'), '{}');
    createRunDirectory(path, records, store).close();
    expect(existsSync(join(path, 'config.json'))).to.equal(true);
  });

  it('refuses a folder of checkpoints without a run', () => {
    const path = join(folder, 'run');
    mkdirSync(join(path, 'checkpoints'), { recursive: true });
    writeFileSync(join(path, 'checkpoints', 'teacher.safetensors'), 'weeks of work');
    expect(() => createRunDirectory(path, records, store)).to.throw(/already exists and is not empty/);
  });

  it('says how to go on when the folder holds a run', () => {
    createRunDirectory(join(folder, 'run'), records, store).close();
    try {
      createRunDirectory(join(folder, 'run'), records, store);
      expect.fail('should have been refused');
    } catch (error) {
      expect(isArdError(error) && error.remedy).to.contain('ard train --resume');
    }
  });

  it('cuts the log back to the checkpoint when a killed run is resumed', async () => {
    const killed = createRunDirectory(join(folder, 'run'), records, store);
    killed.record('step', step(0));
    killed.record('step', step(1));
    await killed.saveCheckpoint(state(2));
    const atCheckpoint = metrics();
    killed.record('step', step(2));
    killed.close();

    const resumed = await openRunDirectory(join(folder, 'run'), store);
    expect(metrics()).to.equal(atCheckpoint);
    expect(resumed.resumeFrom?.progress).to.deep.equal(state(2).progress);
    expect(await resumed.resumeFrom?.student.parameters['fc.weight']?.read()).to.deep.equal(
      Float32Array.of(0.1, -2),
    );
    expect(await resumed.resumeFrom?.optimizer['fc.weight']?.read()).to.deep.equal(Float32Array.of(5, 6));
    resumed.record('step', step(2));
    resumed.close();
    expect(metrics()).to.equal(atCheckpoint + `${JSON.stringify({ event: 'step', ...step(2) })}\n`);
  });

  it('starts anew when the run was killed before its first checkpoint', async () => {
    const killed = createRunDirectory(join(folder, 'run'), records, store);
    killed.record('step', step(0));
    killed.close();
    const resumed = await openRunDirectory(join(folder, 'run'), store);
    expect(resumed.resumeFrom).to.equal(undefined);
    expect(metrics()).to.equal('');
    resumed.close();
  });

  it('refuses a log that is shorter than the checkpoint knew it', async () => {
    const run = createRunDirectory(join(folder, 'run'), records, store);
    run.record('step', step(0));
    await run.saveCheckpoint(state(1));
    run.close();
    writeFileSync(join(folder, 'run', 'metrics.jsonl'), '');
    const error = await openRunDirectory(join(folder, 'run'), store).catch((reason: unknown) => reason);
    expect(String(error)).to.match(/0 bytes; the checkpoint was written when it had/);
  });

  it('lets one process at a time train in it, and takes over from one that is gone', async () => {
    createRunDirectory(join(folder, 'run'), records, store).close();
    const lock = join(folder, 'run', 'run.lock');
    writeFileSync(lock, `1 ${(await import('node:os')).hostname()}\n`);
    const error = await openRunDirectory(join(folder, 'run'), store).catch((reason: unknown) => reason);
    expect(String(error)).to.match(/in use by process 1/);
    writeFileSync(lock, `4194305 ${(await import('node:os')).hostname()}\n`); // above the highest process id of Linux
    (await openRunDirectory(join(folder, 'run'), store)).close();
    expect(existsSync(lock)).to.equal(false);
  });

  it('says so when there is no run', async () => {
    const error = await openRunDirectory(join(folder, 'nothing'), store).catch((reason: unknown) => reason);
    expect(String(error)).to.match(/There is no run in/);
  });

  it('leaves no temporary files behind', () => {
    const run = createRunDirectory(join(folder, 'run'), records, store);
    run.write('summary.json', '{}');
    run.close();
    expect(readdirSync(run.path).filter((name) => name.includes('tmp'))).to.deep.equal([]);
  });
});
