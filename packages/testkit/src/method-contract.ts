import type { Engine, HostArray, KnobName, LossInput, Method } from '@ard/core';
import { expect } from 'chai';
import { evaluateMethod, type MethodEvaluation } from './subjects/evaluate-method.js';
import { examplesOf, lossScene, type LossScene, type LossSceneOptions } from './subjects/loss-scene.js';
import { expectNoLeak, suite, withEngine, type ContractRow } from './support/contract.js';
import { extremeLogits } from './support/logits.js';
import {
  expectClose,
  expectFinite,
  expectSame,
  floats,
  isSame,
  isZero,
  rows,
  rowsOfAll,
} from './support/values.js';

/** A method under test. */
export interface MethodRow extends ContractRow {
  create(): Method | Promise<Method>;
  /** 4 unless told otherwise. */
  readonly classes?: number;
  /** How long a training may last; phases are tried up to here. 400 unless told otherwise. */
  readonly epochs?: number;
}

interface Subject {
  readonly method: Method;
  readonly phases: readonly string[];
  readonly classes: number;
  scene(options?: Pick<LossSceneOptions, 'logits'>): Promise<LossScene>;
  evaluate(phase: string, scene: LossScene, withoutWeights?: boolean): Promise<MethodEvaluation>;
}

const lossInputs: readonly LossInput[] = [
  'studentCleanLogits',
  'studentAdversarialLogits',
  'studentCollectedLogits',
  'teacherCleanLogits',
  'teacherAdversarialLogits',
  'cleanTeacherCleanLogits',
  'cleanTeacherAdversarialLogits',
];

const turnable: readonly KnobName[] = [
  'beta',
  'temperature',
  'cleanTemperature',
  'cleanWeight',
  'robustWeight',
  'epsilon',
  'stepSize',
];

/** Declares the tests that every distillation method must pass. */
export function methodContract(row: MethodRow): void {
  const inEachPhase = (body: (subject: Subject, phase: string, scene: LossScene) => Promise<void>) => () =>
    withEngine(row, async (engine) => {
      const subject = await subjectOf(row, engine);
      for (const phase of subject.phases) await body(subject, phase, await subject.scene());
    });

  suite(row, 'method', (it) => {
    it('declares needs, passes and teachers that fit each other', async () => {
      expectConsistent(await row.create());
    });

    it('names a phase for every epoch, few of them, the same each time', async () => {
      const method = await row.create();
      const epochs = Array.from({ length: row.epochs ?? 400 }, (_, epoch) => epoch);
      const phases = epochs.map((epoch) => method.phase?.(epoch) ?? '');
      for (const [epoch, phase] of phases.entries()) {
        expect(phase, `phase of epoch ${epoch}`).to.be.a('string');
        expect(method.phase?.(epoch) ?? '', `phase of epoch ${epoch}, asked again`).to.equal(phase);
      }
      expect(new Set(phases).size, 'phases, each of which is compiled').to.be.at.most(20);
      for (const phase of new Set(phases)) {
        const passes = method.passesInPhase?.(phase) ?? method.studentPasses;
        expect(method.studentPasses, `kinds of passes in phase "${phase}"`).to.include.members([
          ...new Set(passes),
        ]);
        const needs = method.needsInPhase?.(phase) ?? method.needs;
        expect(method.needs, `logits needed in phase "${phase}"`).to.include.members([...needs]);
      }
    });

    it(
      'gives terms with one finite loss per example',
      inEachPhase(async ({ evaluate }, phase, scene) => {
        const { perExampleLoss, coefficients } = await evaluate(phase, scene);
        const { shape } = scene.perExample.labels;
        expect(Object.keys(perExampleLoss), 'terms').to.not.be.empty;
        for (const [name, losses] of Object.entries(perExampleLoss)) {
          expect(name, 'name of a term').to.not.be.empty;
          expect(losses.shape, `shape of ${name}`).to.deep.equal(shape);
          expectFinite(losses, name);
          expect(coefficients[name]!.shape, `shape of the coefficient of ${name}`).to.deep.equal([]);
          expectFinite(coefficients[name]!, `coefficient of ${name}`);
        }
      }),
    );

    it(
      'is its base method bit for bit when all class weights are 1',
      inEachPhase(async ({ evaluate }, phase, scene) => {
        const weighted = await evaluate(phase, scene);
        const base = await evaluate(phase, scene, true);
        expectSame(weighted.total, base.total, 'loss with weights of 1, beside the loss without weights');
        for (const [name, gradient] of Object.entries(base.gradients)) {
          expectSame(weighted.gradients[name]!, gradient, `gradient of ${name} with weights of 1`);
        }
      }),
    );

    it(
      "lets the weight of a class scale that class's share of loss and gradient, and nothing else",
      inEachPhase(async ({ evaluate }, phase, scene) => {
        const heavy = 1;
        const weights = Array.from(scene.perExample.labels.data, (label) => (label === heavy ? 3 : 1));
        const base = await evaluate(phase, scene);
        const weighted = await evaluate(phase, withKnob(scene, 'lossWeight', weights));
        for (const [name, losses] of Object.entries(base.perExampleLoss)) {
          expectSame(
            weighted.perExampleLoss[name]!,
            losses,
            `${name} under weights, which the trainer applies`,
          );
        }
        const fixed = Object.entries(base.coefficients).every(([name, value]) =>
          isSame(weighted.coefficients[name]!, value),
        );
        if (!fixed) return; // balanced against each other by the weighted losses themselves, as in MTARD
        expectClose(weighted.total, weightedTotal(base, weights), 1e-5, 'weighted loss');
        for (const [name, gradient] of Object.entries(base.gradients)) {
          const size = gradient.shape[1]!;
          const expected = gradient.data.map((value, index) => value * weights[Math.floor(index / size)]!);
          const scaled = floats(expected, gradient.shape);
          expectClose(weighted.gradients[name]!, scaled, 1e-5, `gradient of ${name}`);
        }
      }),
    );

    it(
      'knows no order of examples',
      inEachPhase(async ({ evaluate }, phase, scene) => {
        const order = [3, 0, 5, 8, 1, 7, 2, 6, 4];
        const base = await evaluate(phase, scene);
        const reordered = await evaluate(phase, examplesOf(scene, order));
        const expected = rowsOfAll(base.perExampleLoss, order);
        for (const [name, losses] of Object.entries(expected)) {
          expectClose(reordered.perExampleLoss[name]!, losses, 1e-5, name);
          expectClose(
            reordered.coefficients[name]!,
            base.coefficients[name]!,
            1e-5,
            `coefficient of ${name}`,
          );
        }
      }),
    );

    it('turns with the knobs it declares, and with no other', () =>
      withEngine(row, async (engine) => {
        const { method, phases, scene, evaluate } = await subjectOf(row, engine);
        const given = await scene();
        const turned = async (phase: string, knob: KnobName): Promise<boolean> => {
          const values = Array.from(given.perExample.labels.data, (label) => 1.5 + label / 4);
          const [base, after] = [
            await evaluate(phase, given),
            await evaluate(phase, withKnob(given, knob, values)),
          ];
          // weights are applied by the trainer, to the terms that say what they look at
          if (knob === 'cleanWeight' || knob === 'robustWeight') return !isSame(after.total, base.total);
          return (['perExampleLoss', 'coefficients'] as const).some((part) =>
            Object.entries(base[part]).some(([name, array]) => !isSame(after[part][name]!, array)),
          );
        };
        for (const knob of turnable) {
          const changes = await Promise.all(phases.map((phase) => turned(phase, knob)));
          expect(changes.includes(true), `the loss changes with ${knob}`).to.equal(
            method.knobs.includes(knob),
          );
        }
      }));

    it(
      'passes gradients to the student only',
      inEachPhase(async ({ evaluate }, phase, scene) => {
        const gradients = Object.entries((await evaluate(phase, scene)).gradients);
        for (const [name, gradient] of gradients) {
          if (name.startsWith('student')) continue;
          expect(isZero(gradient), `no gradient reaches ${name}; use stopGradient`).to.be.true;
        }
        const reached = gradients.some(([name, gradient]) => name.startsWith('student') && !isZero(gradient));
        expect(reached, 'a gradient reaches the student').to.be.true;
      }),
    );

    it(
      'stays finite, gradient included, for ties and logits of ±50',
      inEachPhase(async ({ classes, scene, evaluate }, phase) => {
        const extreme = extremeLogits(classes);
        const count = extreme.shape[0]!;
        for (let shift = 0; shift < count; shift++) {
          const order = (index: number): number[] =>
            Array.from({ length: count }, (_, i) => (i + index * shift) % count);
          const result = await evaluate(
            phase,
            await scene({ logits: (index) => rows(extreme, order(index)) }),
          );
          for (const part of ['perExampleLoss', 'coefficients', 'state', 'gradients'] as const) {
            for (const [name, array] of Object.entries(result[part]))
              expectFinite(array, `${part} of ${name}`);
          }
        }
      }),
    );

    it(
      'keeps the names and shapes of its running state',
      inEachPhase(async ({ method, classes, evaluate }, phase, scene) => {
        const shapes = Object.entries(method.initialState?.(classes) ?? {}).map(([name, { shape }]) => [
          name,
          shape,
        ]);
        let { state } = scene;
        for (let step = 0; step < 3; step++) {
          const left = (await evaluate(phase, { ...scene, state })).state;
          const found = Object.entries(left).map(([name, array]) => [name, array.shape]);
          expect(Object.fromEntries(found), `state after step ${step}`).to.deep.equal(
            Object.fromEntries(shapes),
          );
          for (const [name, array] of Object.entries(left)) expectFinite(array, `state ${name}`);
          state = left;
        }
      }),
    );

    it(
      'repeats itself, and leaves no tensor behind',
      inEachPhase(async ({ evaluate }, phase, scene) => {
        const [first, second] = [await evaluate(phase, scene), await evaluate(phase, scene)];
        expectSame(second.total, first.total, 'second evaluation');
        await expectNoLeak(() => evaluate(phase, scene));
      }),
    );
  });
}

function expectConsistent(method: Method): void {
  const { needs, studentPasses, teachers, knobs, innerAttack } = method;
  expect(lossInputs, 'known logits').to.include.members([...needs]);
  for (const [what, list] of Object.entries({ needs, teachers, knobs })) {
    expect(new Set<string>(list).size, `distinct ${what}`).to.equal(list.length);
  }
  const own = ['cleanWeight', 'robustWeight', 'beta', 'temperature', 'cleanTemperature'];
  expect(own, 'knobs; lossWeight, epsilon and stepSize are the trainer’s').to.include.members([...knobs]);
  expect(studentPasses, 'passes of the student').to.not.be.empty;
  const logitsOf = {
    clean: 'studentCleanLogits',
    adversarial: 'studentAdversarialLogits',
    collected: 'studentCollectedLogits',
  } as const;
  for (const [pass, logits] of Object.entries(logitsOf)) {
    if (needs.includes(logits)) expect(studentPasses, `passes, since ${logits} is needed`).to.include(pass);
  }
  if (studentPasses.includes('collected')) expect(method.collect, 'collect').to.be.a('function');
  for (const role of ['teacher', 'cleanTeacher'] as const) {
    const needed = needs.filter((name) => name.startsWith(`${role}C`) || name.startsWith(`${role}A`));
    if (needed.length > 0) expect(teachers, `teachers, since ${needed[0]} is needed`).to.include(role);
    // an objective may need the teacher too, but no other network
    else if (role === 'cleanTeacher' || !innerAttack)
      expect(teachers, `teachers; nothing of ${role} is needed`).to.not.include(role);
  }
  const adversarial =
    studentPasses.includes('adversarial') || needs.some((name) => name.includes('Adversarial'));
  if (adversarial) expect(innerAttack, 'an inner attack that makes adversarial images').to.be.an('object');
}

async function subjectOf(row: MethodRow, engine: Engine): Promise<Subject> {
  const method = await row.create();
  const classes = row.classes ?? 4;
  const epochs = Array.from({ length: row.epochs ?? 400 }, (_, epoch) => epoch);
  const state = Object.entries(method.initialState?.(classes) ?? {}).map(
    ([name, { shape, values }]): [string, HostArray] => [name, floats(values, shape)],
  );
  return {
    method,
    classes,
    phases: [...new Set(epochs.map((epoch) => method.phase?.(epoch) ?? ''))],
    scene: (options) =>
      lossScene(engine, {
        classes,
        needs: method.needs,
        trajectory: method.trajectory,
        state: Object.fromEntries(state),
        ...options,
      }),
    evaluate: (phase, scene, withoutWeights) =>
      evaluateMethod(engine, method, phase, classes, scene, withoutWeights),
  };
}

function withKnob(scene: LossScene, knob: KnobName, values: readonly number[]): LossScene {
  return { ...scene, knobs: { ...scene.knobs, [knob]: floats(values, [values.length]) } };
}

/** In double precision. */
function weightedTotal(
  { perExampleLoss, coefficients }: MethodEvaluation,
  weights: readonly number[],
): HostArray {
  const total = Object.entries(perExampleLoss).reduce((sum, [name, { data }]) => {
    const mean = weights.reduce((part, weight, index) => part + weight * data[index]!, 0) / weights.length;
    return sum + mean * coefficients[name]!.data[0]!;
  }, 0);
  return floats([total], []);
}
