import {
  createTrainingEvents,
  train,
  trainingOptions,
  type TrainingHooks,
  type TrainingState,
} from '@ard/core/host';
import type { Engine, NdArray } from '@ard/core';
import { expect } from 'chai';
import { cpuEngine, tinyParts } from '../support/tiny-parts.js';

type Evaluated = Awaited<ReturnType<NonNullable<TrainingHooks['evaluate']>>>;

const found: Evaluated = {
  attack: 'given',
  count: 10,
  cleanAccuracy: 1,
  robustAccuracy: 0.5,
  worstClassRobustAccuracy: 0.25,
  perClass: { counts: [], cleanAccuracy: [], robustAccuracy: [], meanLoss: [] },
};

/** An evaluation may take longer than its epoch; whoever stops a training there must not lose that epoch. */
describe('a training that is stopped inside an evaluation', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  const run = (hooks: Partial<TrainingHooks>): Promise<TrainingState> =>
    train(
      tinyParts(engine),
      trainingOptions.parse({ epochs: 2, batchSize: 4, evaluateEvery: 1, checkpointMinutes: 60 }),
      { events: createTrainingEvents(), evaluate: () => Promise.resolve(found), ...hooks },
    );
  const bias = async ({ student }: TrainingState): Promise<number[]> =>
    Array.from(await (student.parameters['fc.bias'] as NdArray).read());

  it('ends with all steps saved, and repeats only the evaluation when it goes on', async () => {
    const whole = await run({});
    const controller = new AbortController();
    let saved: TrainingState | undefined;
    const stopped = await run({
      signal: controller.signal,
      evaluate: () => {
        // what is saved by now is all that a kill would leave
        expect(saved?.progress).to.include({ epoch: 0, step: 3 });
        controller.abort();
        return Promise.reject(controller.signal.reason as Error);
      },
      saveCheckpoint: (state) => {
        saved = state;
        return Promise.resolve();
      },
    });
    expect(stopped.progress).to.include({ epoch: 0, step: 3 });

    const events = createTrainingEvents();
    const seen: string[] = [];
    events.on('step', ({ epoch }) => seen.push(`step of ${epoch}`));
    events.on('epoch', ({ epoch }) => seen.push(`end of ${epoch}`));
    const progress = JSON.parse(JSON.stringify(saved!.progress)) as TrainingState['progress'];
    const resumed = await run({ events, resumeFrom: { ...saved!, progress } });
    expect(seen).to.deep.equal(['end of 0', 'step of 1', 'step of 1', 'step of 1', 'end of 1']);
    expect(resumed.progress).to.deep.equal(whole.progress);
    expect(await bias(resumed)).to.deep.equal(await bias(whole));
  });

  it('is told from an evaluation that failed', async () => {
    const failing = run({
      signal: new AbortController().signal,
      evaluate: () => Promise.reject(new Error('no memory')),
    });
    expect(await failing.catch((error: Error) => error.message)).to.equal('no memory');
  });
});
