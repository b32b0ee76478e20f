import type { Engine, Objective, PartialConfig, ReweightingStrategy } from '@ard/core';
import { createTrainingEvents, train } from '@ard/core/host';
import { stopGradient } from '@ard/nn';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import datasetsGenerated from '@ard/plugin-datasets-generated';
import engineOnnx from '@ard/plugin-engine-onnx';
import engineTfjs from '@ard/plugin-engine-tfjs';
import fairGeometric from '@ard/plugin-fair-geometric';
import methodAdaad from '@ard/plugin-method-adaad';
import methodArd from '@ard/plugin-method-ard';
import methodIad from '@ard/plugin-method-iad';
import methodKd from '@ard/plugin-method-kd';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import modelsSmallCnn from '@ard/plugin-models-small-cnn';
import optimSgd from '@ard/plugin-optim-sgd';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { composeTiny, partsOf, runTiny, type TinyRun } from '../support/composed-training.js';
import { cpuEngine } from '../support/tiny-parts.js';

const plugins = [
  ...[adversarialTraining, attackGradient, datasetsGenerated, engineOnnx, engineTfjs, fairGeometric],
  ...[methodAdaad, methodArd, methodIad, methodKd, methodMtard, methodRslad, modelsSmallCnn, optimSgd],
];

interface Case {
  readonly preset: string;
  /** Settings that make the mechanism show within two epochs. */
  readonly changes?: PartialConfig;
  /** What the log must show of it. */
  readonly mechanism: string;
  shows(run: TinyRun): void;
  /** Whether the inner attack leaves its mark on the running statistics; no attack where absent. */
  readonly attackMode?: 'train' | 'eval';
  /** Passes of the student over both epochs per step, those of a train-mode attack included. */
  readonly trainModePasses: readonly [number, number];
}

const begin = (options: Readonly<Record<string, unknown>> = {}): PartialConfig => ({
  method: { options: { begin: 1, ...options } },
});
const termsOf = ({ epochs }: TinyRun): string[][] => epochs.map(({ terms }) => Object.keys(terms));

function expectBalanceMoves({ epochs }: TinyRun): void {
  const weights = epochs.map(({ methodState }) => methodState.cleanWeight![0]!);
  expect(epochs[0]!.methodState.started).to.deep.equal([1]);
  expect(weights[0]).not.to.equal(0.5);
  expect(weights[1]).not.to.equal(weights[0]);
  for (const weight of weights) expect(weight).to.be.within(0.4, 0.6);
}

const cases: readonly Case[] = [
  {
    preset: 'kd',
    mechanism: 'a term for the teacher and one for the label',
    shows: (run) =>
      expect(termsOf(run)).to.deep.equal([
        ['distillation', 'label'],
        ['distillation', 'label'],
      ]),
    trainModePasses: [1, 1],
  },
  ...['iad', 'fair-iad'].map((preset): Case => ({
    preset,
    changes: begin(),
    mechanism: 'introspection from its beginning on',
    shows: (run) => expect(termsOf(run)).to.deep.equal([['distillation'], ['distillation', 'introspection']]),
    attackMode: 'train',
    trainModePasses: preset === 'iad' ? [2 + 3, 2 + 4] : [2 + 3, 2 + 3],
  })),
  {
    preset: 'iad-ii',
    changes: begin(),
    mechanism: 'introspection from its beginning on',
    shows: (run) =>
      expect(termsOf(run)).to.deep.equal([
        ['teacher', 'cleanTeacher', 'label'],
        ['teacher', 'introspection', 'cleanTeacher', 'label'],
      ]),
    attackMode: 'train',
    trainModePasses: [2 + 1, 2 + 2],
  },
  {
    preset: 'akd2',
    mechanism: 'terms for both teachers and the label',
    shows: (run) => expect(termsOf(run)[1]).to.deep.equal(['teacher', 'cleanTeacher', 'label']),
    attackMode: 'train',
    trainModePasses: [2 + 1, 2 + 1],
  },
  ...['mtard', 'fair-mtard'].map((preset): Case => ({
    preset,
    mechanism: 'a balance that moves',
    shows: expectBalanceMoves,
    attackMode: 'eval',
    trainModePasses: [2, 2],
  })),
  {
    preset: 'b-mtard',
    mechanism: 'a balance that moves, and a temperature that rises step by step',
    shows: (run) => {
      expectBalanceMoves(run);
      const hottest = run.epochs.map(({ methodState }) =>
        Math.max(methodState.teacherTemperature![0]!, methodState.cleanTeacherTemperature![0]!),
      );
      expect(hottest[0]).to.be.closeTo(1.002, 2e-3);
      expect(hottest[0]).to.be.greaterThan(1);
    },
    attackMode: 'eval',
    trainModePasses: [2, 2],
  },
  {
    preset: 'adaad',
    mechanism: 'one term, on adversarial images',
    shows: (run) => expect(termsOf(run)).to.deep.equal([['adversarial'], ['adversarial']]),
    attackMode: 'eval',
    trainModePasses: [2, 2],
  },
  {
    preset: 'ada-iad',
    changes: begin(),
    mechanism: 'introspection from its beginning on',
    shows: (run) => expect(termsOf(run)).to.deep.equal([['distillation'], ['distillation', 'introspection']]),
    attackMode: 'eval',
    trainModePasses: [3, 4],
  },
  {
    preset: 'friendly-at',
    changes: { attack: { id: 'friendly-pgd', options: { steps: 2, extraSteps: 0 } } },
    mechanism: 'one term, on adversarial images',
    shows: (run) => expect(termsOf(run)).to.deep.equal([['adversarial'], ['adversarial']]),
    attackMode: 'eval',
    trainModePasses: [1, 1],
  },
  {
    preset: 'mart',
    mechanism: 'terms for boosted cross-entropy and for robustness',
    shows: (run) => expect(termsOf(run)[0]).to.deep.equal(['adversarial', 'robust']),
    attackMode: 'eval',
    trainModePasses: [2, 2],
  },
  {
    preset: 'gairat',
    changes: begin({ weighting: 'sigmoid' }),
    mechanism: 'one term, weighted from its beginning on',
    shows: (run) => expect(termsOf(run)).to.deep.equal([['adversarial'], ['adversarial']]),
    attackMode: 'eval',
    trainModePasses: [1, 1],
  },
];

describe('methods, composed from their presets', () => {
  let engine: Engine;
  let compiling: Engine;
  before(async () => {
    engine = await cpuEngine();
    const onnx = { engine: { id: 'onnx', options: { threads: 1 } } };
    compiling = await (await composeTiny(plugins, 'kd', onnx)).createEngine();
  });
  after(() => compiling.dispose());

  for (const { preset, changes, mechanism, shows, attackMode, trainModePasses } of cases) {
    describe(preset, () => {
      let run: TinyRun;
      before(async () => {
        const composition = await composeTiny(plugins, preset, changes);
        expect(composition.innerAttack?.mode).to.equal(attackMode);
        run = await runTiny(composition, engine);
      });

      it(`trains; its log shows ${mechanism}`, () => {
        expect(run.epochs).to.have.length(2);
        for (const { loss } of run.epochs) expect(loss).to.be.finite;
        shows(run);
      });

      it('updates the running statistics once per train-mode pass and no more', async () => {
        const counts: number[] = [];
        for (const { student } of run.checkpoints) {
          const name = Object.keys(student.statistics).find((key) => key.endsWith('num_batches_tracked'))!;
          counts.push((await student.statistics[name]!.read())[0]!);
        }
        const [early, late] = trainModePasses;
        // two steps an epoch; a checkpoint after each, and one of the finished epoch
        expect([...new Set(counts)]).to.deep.equal([
          early,
          2 * early,
          2 * early + late,
          2 * early + 2 * late,
        ]);
      });

      it('has the same losses on the compiling engine', async () => {
        const compiled = await runTiny(await composeTiny(plugins, preset, changes), compiling);
        run.epochs.forEach(({ loss }, index) => {
          // steps by sign amplify rounding where a gradient is all but zero, and a temperature of 30 does so by 900
          expect(compiled.epochs[index]!.loss, `epoch ${index}`).to.be.closeTo(loss, 2e-3 * loss + 2e-4);
        });
      });
    });
  }

  it('friendly adversarial training is spared what its attack leaves out', async () => {
    const lossUnder = async (id: string, options: Readonly<Record<string, unknown>>): Promise<number> => {
      const changes = { attack: { id, options: { steps: 4, start: 'none', ...options } } };
      return (await runTiny(await composeTiny(plugins, 'friendly-at', changes), engine)).epochs[0]!.loss;
    };
    const friendly = await lossUnder('friendly-pgd', { extraSteps: 0 });
    expect(friendly).to.be.lessThan(await lossUnder('pgd', {}));
    expect(await lossUnder('friendly-pgd', { extraSteps: 4 })).to.equal(await lossUnder('pgd', {}));
  });

  it('gairat weights change the loss from their beginning on and not before', async () => {
    const of = async (beginning: number): Promise<number[]> => {
      const changes: PartialConfig = { method: { options: { begin: beginning, weighting: 'discrete' } } };
      const { epochs } = await runTiny(await composeTiny(plugins, 'gairat', changes), engine);
      return epochs.map(({ loss }) => loss);
    };
    const [weighted, uniform] = [await of(1), await of(2)];
    expect(weighted[0]).to.equal(uniform[0]);
    expect(weighted[1]).not.to.equal(uniform[1]);
  });

  it('sends the gradient of AdaAD through the teacher: a detached target attacks worse', async () => {
    const composition = await composeTiny(plugins, 'adaad', { attack: { options: { steps: 4 } } });
    const innerAttack = composition.innerAttack!;
    const detached: Objective = {
      ...innerAttack.objective,
      perExampleLoss: ({ references, ...inputs }) =>
        innerAttack.objective.perExampleLoss({
          ...inputs,
          references: { teacherIterateLogits: stopGradient(references.teacherIterateLogits!) },
        }),
    };
    const lossUnder = async (objective: Objective): Promise<number> =>
      (await runTiny({ ...composition, innerAttack: { ...innerAttack, objective } }, engine)).epochs[0]!.loss;
    expect(await lossUnder(innerAttack.objective)).to.be.greaterThan(await lossUnder(detached));
  });

  it("tempers the teacher's answer at the iterate where a strategy turns the temperature", async () => {
    const composition = await composeTiny(plugins, 'adaad');
    const parts = await partsOf(composition, engine);
    const { objective } = parts.innerAttack!;
    const firstTargets = async (strategy?: ReweightingStrategy): Promise<number[]> => {
      let first: tf.Tensor | undefined;
      const watched: Objective = {
        ...objective,
        perExampleLoss(inputs) {
          first ??= tf.keep(tf.clone(inputs.references.teacherIterateLogits!));
          return objective.perExampleLoss(inputs);
        },
      };
      await train(
        {
          ...parts,
          innerAttack: { ...parts.innerAttack!, objective: watched },
          ...(strategy ? { strategy } : {}),
        },
        { ...composition.config.training.values, epochs: 1 },
        { events: createTrainingEvents() },
      );
      const logits = Array.from(first!.dataSync());
      first!.dispose();
      return logits;
    };
    const softer: ReweightingStrategy = {
      needs: {},
      knobs: ['temperature'],
      init: () => null,
      initialKnobs: (classes) => ({ temperature: new Array<number>(classes).fill(2) }),
      update: () => ({ state: null, knobs: {} }),
    };
    const [plain, tempered] = [await firstTargets(), await firstTargets(softer)];
    expect(tempered).to.deep.equal(plain.map((logit) => logit / 2));
  });
});
