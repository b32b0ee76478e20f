import { expect } from 'chai';
import * as tf from '@tensorflow/tfjs-core';
import {
  isArdError,
  randomStream,
  type DifficultyEstimator,
  type Engine,
  type NdArray,
  type ReweightingStrategy,
  type TrainingEventMap,
} from '@ard/core';
import {
  createTrainingEvents,
  train,
  trainingOptions,
  type TrainingHooks,
  type TrainingParts,
  type TrainingState,
} from '@ard/core/host';
import {
  countCorrect,
  cpuEngine,
  crossEntropyObjective,
  tinyAttack,
  tinyBatches,
  tinyMethod,
  tinyModel,
  tinyOptimizer,
  tinyParts,
} from '../support/tiny-parts.js';

type Log = { [Name in keyof TrainingEventMap]: TrainingEventMap[Name][] };

const options = (changes: Record<string, unknown> = {}) =>
  trainingOptions.parse({ epochs: 2, batchSize: 4, evaluateEvery: 0, checkpointMinutes: 0, ...changes });

function listen(): { events: TrainingHooks['events']; log: Log } {
  const events = createTrainingEvents();
  const log: Log = { start: [], step: [], epoch: [], evaluating: [], checkpoint: [], warning: [], end: [] };
  for (const name of Object.keys(log) as (keyof TrainingEventMap)[]) {
    events.on(name, (...args: unknown[]) => (log[name] as unknown[]).push(args[0]));
  }
  return { events, log };
}

async function values(arrays: Readonly<Record<string, NdArray>>): Promise<Record<string, number[]>> {
  const entries = Object.entries(arrays).map(
    async ([name, array]) => [name, Array.from(await array.read())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

const stateValues = async (state: TrainingState) => ({
  parameters: await values(state.student.parameters),
  statistics: await values(state.student.statistics),
  optimizer: await values(state.optimizer),
  methodState: await values(state.methodState),
  progress: state.progress,
});

const kappa: DifficultyEstimator = {
  trajectory: countCorrect,
  needs: [],
  perExample: ({ trajectory }) => trajectory.count as tf.Tensor1D,
  summarise: ({ sums, counts }) => ({
    harder: 'lower',
    values: sums.map(([sum], index) => sum! / counts[index]!),
  }),
};

/** Weight 2 for the class that is hardest so far. */
const hardest: ReweightingStrategy = {
  needs: { difficulty: true },
  knobs: ['lossWeight'],
  init: () => ({ seen: 0 }),
  update: (state, { difficulty }) => {
    const low = Math.min(...difficulty!.values);
    return {
      state: { seen: (state as { seen: number }).seen + 1 },
      knobs: { lossWeight: difficulty!.values.map((value) => (value === low ? 2 : 1)) },
    };
  },
};

describe('train', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  it('lowers the loss and reports every step and epoch', async () => {
    const { events, log } = listen();
    await train(tinyParts(engine), options({ epochs: 6 }), { events });
    expect(log.step.map(({ epoch, step }) => `${epoch}.${step}`).slice(0, 4)).to.deep.equal([
      '0.0',
      '0.1',
      '0.2',
      '1.0',
    ]);
    expect(log.epoch).to.have.length(6);
    expect(log.epoch.at(-1)!.loss).to.be.lessThan(log.epoch[0]!.loss);
    expect(log.epoch[0]!.training.counts).to.deep.equal([4, 3, 3]);
    expect(log.end).to.deep.equal([{ stopped: false }]);
  });

  it('applies the weights of an epoch in the next one only', async () => {
    const { events, log } = listen();
    await train(tinyParts(engine, { estimator: kappa, strategy: hardest }), options({ epochs: 3 }), {
      events,
    });
    expect(log.epoch[0]!.knobs.lossWeight).to.deep.equal([1, 1, 1]);
    for (const [index, epoch] of log.epoch.entries()) {
      const low = Math.min(...epoch.difficulty!.values);
      expect(epoch.nextKnobs.lossWeight).to.deep.equal(
        epoch.difficulty!.values.map((value) => (value === low ? 2 : 1)),
      );
      if (index > 0) expect(epoch.knobs).to.deep.equal(log.epoch[index - 1]!.nextKnobs);
    }
  });

  it('is the base method bit for bit while all weights are 1', async () => {
    const uniform: ReweightingStrategy = {
      needs: {},
      knobs: ['lossWeight'],
      init: () => null,
      update: () => ({ state: null, knobs: { lossWeight: [1, 1, 1] } }),
    };
    const base = await train(tinyParts(engine), options(), { events: listen().events });
    const fair = await train(tinyParts(engine, { strategy: uniform, estimator: kappa }), options(), {
      events: listen().events,
    });
    expect(await values(fair.student.parameters)).to.deep.equal(await values(base.student.parameters));
  });

  it('divides weighted losses by the batch size, not by the sum of weights', async () => {
    const doubled: ReweightingStrategy = {
      needs: {},
      knobs: ['lossWeight'],
      init: () => null,
      update: () => ({ state: null, knobs: { lossWeight: [2, 2, 2] } }),
    };
    const still = { optimizer: tinyOptimizer(0), strategy: doubled };
    const { events, log } = listen();
    await train(tinyParts(engine, still), options(), { events });
    expect(log.epoch[1]!.loss / log.epoch[0]!.loss).to.be.closeTo(2, 0.2);
    expect(log.epoch[1]!.training.meanLoss[0]).to.be.closeTo(log.epoch[0]!.training.meanLoss[0]!, 0.2);
  });

  it('resumes from any step with the same result, bit for bit', async () => {
    const parts = (): TrainingParts =>
      tinyParts(engine, {
        estimator: kappa,
        strategy: hardest,
        method: tinyMethod({
          initialState: () => ({ steps: { shape: [], values: [0] } }),
          loss: (inputs, phase) => ({
            ...tinyMethod().loss(inputs, phase),
            state: { steps: tf.add(inputs.state.steps!, 1) },
          }),
        }),
      });
    const checkpoints: TrainingState[] = [];
    const whole = listen();
    const finished = await train(parts(), options(), {
      events: whole.events,
      saveCheckpoint: (state) => {
        checkpoints.push(state);
        return Promise.resolve();
      },
    });
    expect(checkpoints).to.have.length(6);
    const expected = await stateValues(finished);
    expect(expected.methodState).to.deep.equal({ steps: [6] });
    for (const checkpoint of checkpoints.slice(0, -1)) {
      // what a file would hold: plain data through JSON
      const progress = JSON.parse(JSON.stringify(checkpoint.progress)) as TrainingState['progress'];
      const rest = listen();
      const resumed = await train(parts(), options(), {
        events: rest.events,
        resumeFrom: { ...checkpoint, progress },
      });
      expect(await stateValues(resumed)).to.deep.equal(expected);
      const { epoch, step } = progress;
      expect(rest.log.step).to.deep.equal(
        whole.log.step.filter(
          (event) => event.epoch > epoch || (event.epoch === epoch && event.step >= step),
        ),
      );
    }
  });

  it("gives methods the schedule's factor, for rates that fall with the learning rate", async () => {
    const method = tinyMethod({
      initialState: () => ({ factor: { shape: [], values: [0] } }),
      loss: (inputs, phase) => ({
        ...tinyMethod().loss(inputs, phase),
        state: { factor: inputs.learningRateFactor },
      }),
    });
    const schedule = { factor: ({ epoch }: { epoch: number }) => 0.5 ** epoch };
    const { events, log } = listen();
    await train(tinyParts(engine, { method, schedule }), options({ epochs: 3 }), { events });
    expect(log.epoch.map(({ methodState }) => methodState.factor)).to.deep.equal([[1], [0.5], [0.25]]);
    expect(log.epoch.map(({ learningRate }) => learningRate)).to.deep.equal([0.2, 0.1, 0.05]);
  });

  it('runs the passes of a phase, in its number: statistics see each of them', async () => {
    const method = tinyMethod({
      phase: (epoch) => (epoch < 1 ? 'early' : 'late'),
      passesInPhase: (phase) => (phase === 'late' ? ['adversarial', 'adversarial'] : ['adversarial']),
    });
    const counts: number[] = [];
    await train(tinyParts(engine, { method }), options(), {
      events: listen().events,
      saveCheckpoint: async ({ student }) => {
        counts.push((await student.statistics['bn1.num_batches_tracked']!.read())[0]!);
      },
    });
    expect(counts).to.deep.equal([1, 2, 3, 5, 7, 9]);
  });

  it('stops when asked, between steps, with a checkpoint of where it stands', async () => {
    const { events, log } = listen();
    const controller = new AbortController();
    events.on('step', ({ epoch, step }) => epoch === 0 && step === 1 && controller.abort());
    let saved: TrainingState | undefined;
    await train(tinyParts(engine), options({ checkpointMinutes: 60 }), {
      events,
      signal: controller.signal,
      saveCheckpoint: (state) => {
        saved = state;
        return Promise.resolve();
      },
    });
    expect(saved?.progress).to.include({ epoch: 0, step: 2 });
    expect(log.end).to.deep.equal([{ stopped: true }]);
  });

  it('stops when numbers stop being finite, names the batch, and keeps the last good checkpoint', async () => {
    const saved: TrainingState[] = [];
    const diverging = tinyParts(engine, { schedule: { factor: ({ step }) => (step === 1 ? Infinity : 1) } });
    const error: unknown = await train(diverging, options(), {
      events: listen().events,
      saveCheckpoint: (state) => {
        saved.push(state);
        return Promise.resolve();
      },
    }).catch((reason: unknown) => reason);
    expect(isArdError(error) && error.message).to.match(/not finite \(epoch 1, batch 2 of 3\)/);
    expect(isArdError(error) && error.remedy).to.contain('optimizer.learningRate');
    expect(saved.map(({ progress }) => progress.step)).to.deep.equal([1]);
    const finite = Object.values(await values(saved[0]!.student.parameters)).flat();
    expect(finite.every(Number.isFinite)).to.equal(true);
  });

  it('names the batch in which an attack met a gradient that is not finite', async () => {
    const objective = {
      ...crossEntropyObjective,
      perExampleLoss: ({ logits }: { logits: tf.Tensor2D }) =>
        tf.sum<tf.Tensor1D>(tf.log(tf.mul(logits, 0)), 1),
    };
    const innerAttack = { attack: tinyAttack(), objective, mode: 'eval' as const };
    const error: unknown = await train(tinyParts(engine, { innerAttack }), options(), {
      events: listen().events,
    }).catch((reason: unknown) => reason);
    expect(isArdError(error) && error.message).to.match(
      /gradient of the attack is not finite.*epoch 1, batch 1 of 3/,
    );
  });

  it('leaves running statistics alone in an eval-mode attack and moves them in a train-mode one', async () => {
    const tracked = async (mode: 'eval' | 'train'): Promise<number[]> => {
      const innerAttack = { attack: tinyAttack(3), objective: crossEntropyObjective, mode };
      const state = await train(tinyParts(engine, { innerAttack }), options({ epochs: 1 }), {
        events: listen().events,
      });
      return (await values(state.student.statistics))['bn1.num_batches_tracked']!;
    };
    expect(await tracked('eval')).to.deep.equal([3]);
    expect(await tracked('train')).to.deep.equal([3 * (3 + 1)]);
  });

  it('updates statistics once per listed pass, repeated passes included', async () => {
    const method = tinyMethod({ studentPasses: ['clean', 'adversarial', 'clean'] });
    const state = await train(tinyParts(engine, { method }), options({ epochs: 1 }), {
      events: listen().events,
    });
    expect((await values(state.student.statistics))['bn1.num_batches_tracked']).to.deep.equal([9]);
  });

  it('leaves the teacher as it is', async () => {
    const model = tinyModel();
    const teacher = { model, variables: model.init(randomStream(9)) };
    const before = await values({ ...teacher.variables.parameters, ...teacher.variables.statistics });
    const method = tinyMethod({
      teachers: ['teacher'],
      needs: ['studentAdversarialLogits', 'teacherCleanLogits'],
      loss: ({ logits }) => ({
        terms: [
          {
            name: 'distance',
            coefficient: 1,
            perExampleLoss: tf.mean(
              tf.squaredDifference(logits.studentAdversarialLogits, logits.teacherCleanLogits),
              1,
            ),
          },
        ],
      }),
    });
    const { events, log } = listen();
    await train(tinyParts(engine, { method, teachers: { teacher } }), options({ epochs: 4 }), { events });
    expect(await values({ ...teacher.variables.parameters, ...teacher.variables.statistics })).to.deep.equal(
      before,
    );
    expect(log.epoch.at(-1)!.loss).to.be.lessThan(log.epoch[0]!.loss);
  });

  it('scales the attack radius per class by the epsilon knob', async () => {
    const radii: number[][] = [];
    const base = tinyAttack(1);
    const spying = {
      ...base,
      prepare: (victim: Parameters<typeof base.prepare>[0]) => {
        const prepared = base.prepare(victim);
        return async (...args: Parameters<typeof prepared>) => {
          const [batch] = args;
          const labels = await batch.labels.read();
          (await batch.epsilon.read()).forEach((radius, row) => (radii[labels[row]!] ??= []).push(radius));
          return prepared(...args);
        };
      },
    };
    const strategy: ReweightingStrategy = {
      needs: {},
      knobs: ['epsilon'],
      init: () => null,
      update: () => ({ state: null, knobs: { epsilon: [1, 0.5, 2] } }),
    };
    const innerAttack = { attack: spying, objective: crossEntropyObjective, mode: 'eval' as const };
    await train(tinyParts(engine, { innerAttack, strategy }), options(), { events: listen().events });
    const second = radii.map((values) => values.at(-1)!);
    expect(second[0]).to.be.closeTo(0.1, 1e-6);
    expect(second[1]).to.be.closeTo(0.05, 1e-6);
    expect(second[2]).to.be.closeTo(0.2, 1e-6);
  });

  it('compiles the loss anew for each phase of a method', async () => {
    const phases: string[] = [];
    const method = tinyMethod({
      phase: (epoch) => (epoch === 0 ? 'before' : 'after'),
      loss: (inputs, phase) => {
        phases.push(phase);
        return tinyMethod().loss(inputs, phase);
      },
    });
    await train(tinyParts(engine, { method, batches: tinyBatches() }), options(), {
      events: listen().events,
    });
    expect(new Set(phases)).to.deep.equal(new Set(['before', 'after']));
  });

  it('leaks no tensor', async () => {
    const parts = tinyParts(engine, { estimator: kappa, strategy: hardest });
    await train(parts, options({ epochs: 1 }), { events: listen().events });
    const before = tf.memory().numTensors;
    await train(parts, options({ epochs: 2 }), { events: listen().events });
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('refuses a method without its teacher, and an estimator without its logits', async () => {
    const run = (changes: Partial<TrainingParts>): Promise<unknown> =>
      train(tinyParts(engine, changes), options(), { events: listen().events }).catch(
        (reason: unknown) => reason,
      );
    expect(String(await run({ method: tinyMethod({ teachers: ['teacher'] }) }))).to.contain('role "teacher"');
    expect(String(await run({ estimator: { ...kappa, needs: ['studentCleanLogits'] } }))).to.contain(
      "needs the student's clean logits",
    );
  });
});
