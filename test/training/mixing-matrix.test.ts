import {
  randomStream,
  type Attack,
  type Engine,
  type KnobName,
  type Method,
  type Plugin,
  type ReweightingStrategy,
} from '@ard/core';
import { createTrainingEvents, train, trainingOptions, type TrainingParts } from '@ard/core/host';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import fairAbsld from '@ard/plugin-fair-absld';
import fairBat from '@ard/plugin-fair-bat';
import fairCfa from '@ard/plugin-fair-cfa';
import fairControls from '@ard/plugin-fair-controls';
import fairDafa from '@ard/plugin-fair-dafa';
import fairFat from '@ard/plugin-fair-fat';
import fairFrl from '@ard/plugin-fair-frl';
import fairGeometric from '@ard/plugin-fair-geometric';
import fairWat from '@ard/plugin-fair-wat';
import methodAdaad from '@ard/plugin-method-adaad';
import methodArd from '@ard/plugin-method-ard';
import methodIad from '@ard/plugin-method-iad';
import methodKd from '@ard/plugin-method-kd';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import { expect } from 'chai';
import { makeComponent } from '../support/make-component.js';
import { cpuEngine, tinyBatches, tinyModel, tinyParts } from '../support/tiny-parts.js';

/** Mixing is the point: every strategy trains with every method that honours its knobs. */

const methodPlugins: readonly Plugin[] = [
  adversarialTraining,
  fairBat,
  methodAdaad,
  methodArd,
  methodIad,
  methodKd,
  methodMtard,
  methodRslad,
];

const strategies: readonly (readonly [Plugin, string, Readonly<Record<string, unknown>>])[] = [
  [fairAbsld, 'absld', {}],
  [fairCfa, 'cfa', { begin: 1 }],
  [fairCfa, 'cfa', { begin: 1, regularisation: false }],
  [fairControls, 'focal', {}],
  [fairControls, 'inverse-accuracy', {}],
  [fairControls, 'uniform', {}],
  [fairControls, 'worst-class-only', {}],
  [fairDafa, 'dafa', { warmUp: 1 }],
  [fairDafa, 'dafa', { warmUp: 1, terms: 'all' }],
  [fairFat, 'fat', {}],
  [fairFrl, 'frl', { slack: 0 }],
  [fairGeometric, 'geometric', {}],
  [fairWat, 'wat', {}],
];

/** The same rule by which a run is composed; `check-compatibility.ts` says the reason. */
function fits(method: Method, { knobs, measure, regulariser }: ReweightingStrategy): boolean {
  const honoured: readonly KnobName[] = [
    'lossWeight',
    ...(method.innerAttack ? (['epsilon', 'stepSize'] as const) : []),
    ...method.knobs,
  ];
  const needs = [...(measure?.needs ?? []), ...(regulariser?.needs ?? [])];
  const passes = { studentCleanLogits: 'clean', studentAdversarialLogits: 'adversarial' } as const;
  return (
    knobs.every((knob) => honoured.includes(knob)) &&
    Object.entries(passes).every(
      ([logits, pass]) => !needs.some((need) => need === logits) || method.studentPasses.includes(pass),
    )
  );
}

async function partsOf(
  engine: Engine,
  method: Method,
  strategy: ReweightingStrategy,
): Promise<TrainingParts> {
  const teacher = (seed: number) => {
    const model = tinyModel();
    return { model, variables: model.init(randomStream(seed)) };
  };
  const { innerAttack, ...plain } = tinyParts(engine, {
    method,
    strategy,
    teachers: { teacher: teacher(8), cleanTeacher: teacher(9) },
    validation: tinyBatches(),
    estimator: await makeComponent(fairControls, 'estimator', 'teacher-confidence'),
  });
  expect(innerAttack).to.be.an('object');
  if (!method.innerAttack) return plain;
  const { objective, mode } = method.innerAttack;
  const attack: Attack = await makeComponent(attackGradient, 'attack', 'pgd', {
    steps: 1,
    start: 'gaussian',
  });
  const source = objectiveSource(objective.id);
  return {
    ...plain,
    innerAttack: {
      attack,
      objective: await makeComponent(source, 'objective', objective.id, objective.options),
      mode,
    },
  };
}

function objectiveSource(id: string): Plugin {
  return [attackGradient, ...methodPlugins].find(({ components }) =>
    components.some((component) => component.kind === 'objective' && component.id === id),
  )!;
}

describe('mixing methods and strategies', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const plugin of methodPlugins) {
    for (const { kind, id } of plugin.components) {
      if (kind !== 'method') continue;
      it(`${id} trains with every strategy whose knobs it honours`, async () => {
        const method = await makeComponent(plugin, 'method', id);
        const trained: string[] = [];
        for (const [strategyPlugin, strategyId, options] of strategies) {
          const strategy = await makeComponent(strategyPlugin, 'strategy', strategyId, options);
          if (!fits(method, strategy)) continue;
          const state = await train(
            await partsOf(engine, method, strategy),
            trainingOptions.parse({ epochs: 2, batchSize: 4, evaluateEvery: 0 }),
            { events: createTrainingEvents() },
          );
          expect(state.progress.epoch, strategyId).to.equal(2);
          trained.push(strategyId);
        }
        // whatever weights losses by class fits every method
        expect(trained).to.include.members(['geometric', 'wat', 'uniform']);
      });
    }
  }
});
