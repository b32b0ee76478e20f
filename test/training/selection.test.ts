import type { Engine, NdArray, Variables } from '@ard/core';
import {
  createTrainingEvents,
  selectionScore,
  train,
  trainingOptions,
  type Selection,
  type TrainingHooks,
  type TrainingState,
} from '@ard/core/host';
import { expect } from 'chai';
import { cpuEngine, tinyParts } from '../support/tiny-parts.js';

/** Papers report the best of several students; which one that is must not depend on whether a run was stopped. */

interface Seen {
  readonly state: TrainingState;
  /** Finished epochs after which the student was evaluated. */
  readonly evaluated: number[];
  /** `fc.bias` of every student that was kept. */
  readonly kept: number[][];
  readonly best: (number | undefined)[];
  readonly checkpoints: TrainingState[];
}

const bias = async ({ parameters }: Pick<Variables, 'parameters'>): Promise<number[]> =>
  Array.from(await (parameters['fc.bias'] as NdArray).read());

/** Trains, where evaluations find the given robust accuracies, epoch by epoch. */
async function run(
  engine: Engine,
  robust: readonly number[],
  options: Record<string, unknown>,
  hooks: Partial<TrainingHooks> = { select: 'robust' },
): Promise<Seen> {
  const seen = { evaluated: [] as number[], kept: [] as number[][], checkpoints: [] as TrainingState[] };
  const best: Seen['best'] = [];
  const events = createTrainingEvents();
  let finished = hooks.resumeFrom?.progress.epoch ?? 0;
  events.on('step', ({ step, stepsPerEpoch, epoch }) => {
    if (step + 1 === stepsPerEpoch) finished = epoch + 1;
  });
  events.on('epoch', (event) => best.push(event.best?.epoch));
  const state = await train(
    tinyParts(engine),
    trainingOptions.parse({ epochs: robust.length, batchSize: 4, checkpointMinutes: 0, ...options }),
    {
      events,
      evaluate: () => {
        seen.evaluated.push(finished);
        const robustAccuracy = robust[finished - 1]!;
        return Promise.resolve({
          attack: 'given',
          count: 10,
          cleanAccuracy: 1,
          robustAccuracy,
          worstClassRobustAccuracy: robustAccuracy / 2,
          perClass: { counts: [], cleanAccuracy: [], robustAccuracy: [], meanLoss: [] },
        });
      },
      saveBest: async (student) => void seen.kept.push(await bias(student)),
      saveCheckpoint: (saved) => {
        seen.checkpoints.push(saved);
        return Promise.resolve();
      },
      ...hooks,
    },
  );
  return { ...seen, state, best };
}

describe('selection of the best student', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  it('keeps each student that beats all before it, the first of equals, and says so in log and state', async () => {
    const { kept, best, state, checkpoints } = await run(engine, [0.1, 0.3, 0.2, 0.3], { evaluateEvery: 1 });
    expect(best).to.deep.equal([0, 1, 1, 1]);
    const ends = checkpoints.filter(({ progress: { step } }) => step === 0);
    expect(kept).to.deep.equal([await bias(ends[0]!.student), await bias(ends[1]!.student)]);
    expect(state.progress.best).to.include({ epoch: 1, score: 0.3 });
    expect(state.progress.best!.evaluation.robustAccuracy).to.equal(0.3);
  });

  it('goes on with the best so far when it resumes, in the middle of an epoch and through JSON', async () => {
    const robust = [0.1, 0.3, 0.2, 0.25];
    const whole = await run(engine, robust, { evaluateEvery: 1 });
    const middle = whole.checkpoints.find(({ progress: { epoch, step } }) => epoch === 2 && step === 1)!;
    const progress = JSON.parse(JSON.stringify(middle.progress)) as TrainingState['progress'];
    const rest = await run(
      engine,
      robust,
      { evaluateEvery: 1 },
      {
        select: 'robust',
        resumeFrom: { ...middle, progress },
      },
    );
    expect(rest.kept).to.deep.equal([]);
    expect(rest.state.progress).to.deep.equal(whole.state.progress);
  });

  it('of nothing but the last keeps none', async () => {
    const { kept, best } = await run(engine, [0.1, 0.3], { evaluateEvery: 1 }, {});
    expect(kept).to.deep.equal([]);
    expect(best).to.deep.equal([undefined, undefined]);
  });

  it('evaluates every so many epochs, after every epoch from a number on, and at the end', async () => {
    const times = async (options: Record<string, unknown>): Promise<number[]> =>
      (await run(engine, [0, 0, 0, 0, 0, 0, 0], options)).evaluated;
    expect(await times({ evaluateEvery: 2, evaluateEachFrom: 5 })).to.deep.equal([2, 4, 5, 6, 7]);
    expect(await times({ evaluateEvery: 0, evaluateEachFrom: 6 })).to.deep.equal([6, 7]);
    expect(await times({ evaluateEvery: 3 })).to.deep.equal([3, 6, 7]);
  });

  it('compares what the papers compare', () => {
    const evaluation = { cleanAccuracy: 0.8, robustAccuracy: 0.5, worstClassRobustAccuracy: 0.25 };
    const scores: [Selection, number][] = [
      ['robust', 0.5],
      ['robust+worst', 0.75],
      ['clean+robust', 1.3],
    ];
    for (const [selection, score] of scores) expect(selectionScore(selection, evaluation)).to.equal(score);
  });
});
