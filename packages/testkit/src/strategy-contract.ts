import {
  knobNames,
  type ClassKnobs,
  type Difficulty,
  type EpochEvidence,
  type KnobName,
  type PlainData,
  type ReweightingStrategy,
} from '@ard/core';
import { expect } from 'chai';
import {
  equalFates,
  evidenceOf,
  extremeFates,
  ordinaryFates,
  type ClassFates,
} from './subjects/epoch-evidence.js';
import { suite, type ContractRow } from './support/contract.js';
import { deepFreeze } from './support/deep-freeze.js';

/** A strategy under test. */
export interface StrategyRow extends Omit<ContractRow, 'engine'> {
  create(): ReweightingStrategy | Promise<ReweightingStrategy>;
  /** 5 unless told otherwise. */
  readonly classes?: number;
  /** Knobs when no class is harder than another: all 1, or (`uniform`) the same for every class. */
  readonly whenEqual?: 'ones' | 'uniform';
  /** For the control that leaves its knobs alone. */
  readonly turnsNothing?: boolean;
  /** For strategies that measure: the mean per-example values `[classes][columns]` of classes that fare so. */
  measured?(robustAccuracy: readonly number[]): readonly (readonly number[])[];
}

type Knobs = Partial<ClassKnobs>;

/** Declares the tests that every reweighting strategy must pass. */
export function strategyContract(row: StrategyRow): void {
  const classes = row.classes ?? 5;
  const ordinary = (count: number): ClassFates[] =>
    Array.from({ length: count }, (_, epoch) => ordinaryFates(epoch, classes));

  const evidenceFor = (
    epoch: number,
    fates: ClassFates,
    { needs }: ReweightingStrategy,
    harder: Difficulty['harder'],
  ): EpochEvidence => evidenceOf(epoch, fates, needs, harder, row.measured?.bind(row));

  /** The knobs of a run through these epochs. */
  function course(
    strategy: ReweightingStrategy,
    fates: readonly ClassFates[],
    harder: Difficulty['harder'],
    between: (state: PlainData) => PlainData = (state) => state,
  ): Knobs[] {
    let state = strategy.init(fates[0]!.robustAccuracy.length);
    return fates.map((each, epoch) => {
      const answer = strategy.update(between(state), evidenceFor(epoch, each, strategy, harder));
      state = answer.state;
      return answer.knobs;
    });
  }

  /** Runs a test for both directions of difficulty. */
  const eitherWay =
    (body: (strategy: ReweightingStrategy, harder: Difficulty['harder']) => void) => async () => {
      for (const harder of ['lower', 'higher'] as const) body(await row.create(), harder);
    };

  suite(row, 'strategy', (it) => {
    it('declares what it needs and what it turns', async () => {
      const { needs, knobs } = await row.create();
      expect(knobNames, 'known knobs').to.include.members([...knobs]);
      expect(new Set(knobs).size, 'distinct knobs').to.equal(knobs.length);
      const known = ['difficulty', 'training', 'validationPerClass', 'validationFrom', 'validationAttack'];
      expect([...known, 'beforeTraining'], 'known needs').to.include.members(Object.keys(needs));
      if (needs.validationPerClass !== undefined) {
        expect(Number.isInteger(needs.validationPerClass), 'a whole number of images per class').to.be.true;
        expect(needs.validationPerClass).to.be.at.least(1);
      }
    });

    it(
      `gives every class the same${row.whenEqual === 'uniform' ? '' : ', namely 1,'} when none is harder`,
      eitherWay((strategy, harder) => {
        for (const knobs of course(strategy, Array(3).fill(equalFates(classes)), harder)) {
          for (const [name, values] of Object.entries(knobs)) {
            const expected = row.whenEqual === 'uniform' ? values[0]! : 1;
            values.forEach((value, k) =>
              expect(value, `${name} of class ${k}`).to.be.closeTo(expected, 1e-6),
            );
          }
        }
      }),
    );

    it(
      'turns a knob when classes differ',
      eitherWay((strategy, harder) => {
        if (strategy.knobs.length === 0 || row.turnsNothing) return;
        const fates = { robustAccuracy: Array.from({ length: classes }, (_, k) => (k + 0.5) / classes) };
        const turned = course(strategy, Array(120).fill(fates), harder).some((knobs) =>
          Object.values(knobs).some((values) => values.some((value) => Math.abs(value - 1) > 1e-3)),
        );
        expect(turned, 'a knob other than 1 within 120 epochs').to.be.true;
      }),
    );

    it(
      'treats all classes alike before the epoch in which it says to begin',
      eitherWay((strategy, harder) => {
        const { begin = 0 } = strategy;
        const initial = strategy.initialKnobs?.(classes) ?? {};
        // knobs of an epoch come from the one before
        [initial, ...course(strategy, ordinary(Math.max(begin, 1)), harder)]
          .slice(0, begin)
          .forEach((knobs, epoch) => {
            for (const [name, values] of Object.entries(knobs)) {
              expect(new Set(values).size, `distinct values of ${name} in epoch ${epoch}`).to.equal(1);
            }
          });
      }),
    );

    it(
      'turns only the knobs it declares, to positive finite values, one per class',
      eitherWay((strategy, harder) => {
        const fates = ordinary(40);
        course(strategy, fates, harder).forEach((knobs, epoch) =>
          expectValid(strategy, knobs, classes, epoch),
        );
      }),
    );

    it(
      'bears hopeless, perfect and absent classes',
      eitherWay((strategy, harder) => {
        const extreme = extremeFates(classes);
        for (const fates of extreme) {
          course(strategy, [fates], harder).forEach((knobs) => expectValid(strategy, knobs, classes, 0));
        }
        const repeated = extreme.flatMap((fates) => [fates, fates, equalFates(classes)]);
        course(strategy, repeated, harder).forEach((knobs, epoch) =>
          expectValid(strategy, knobs, classes, epoch),
        );
      }),
    );

    it(
      'is pure: same state and evidence, same answer, and writes into neither',
      eitherWay((strategy, harder) => {
        let state: PlainData = strategy.init(classes);
        expect(strategy.init(classes), 'second initial state').to.deep.equal(state);
        ordinary(5).forEach((fates, epoch) => {
          const evidence = deepFreeze(evidenceFor(epoch, fates, strategy, harder));
          deepFreeze(state);
          const before = JSON.stringify(state);
          const first = strategy.update(state, evidence);
          expect(strategy.update(state, evidence), `answer of epoch ${epoch}, asked again`).to.deep.equal(
            first,
          );
          expect(JSON.stringify(state), 'the state that was given').to.equal(before);
          ({ state } = first);
        });
      }),
    );

    it(
      'goes on from a state that was written as JSON',
      eitherWay((strategy, harder) => {
        const fates = [...ordinary(4), ...extremeFates(classes), ...ordinary(3)];
        const throughJson = (state: PlainData): PlainData => {
          const restored = JSON.parse(JSON.stringify(state)) as PlainData;
          expect(restored, 'state after JSON').to.deep.equal(state);
          return restored;
        };
        const uninterrupted = course(strategy, fates, harder);
        expect(course(strategy, fates, harder, throughJson), 'knobs').to.deep.equal(uninterrupted);
      }),
    );

    it(
      'treats all classes alike',
      eitherWay((strategy, harder) => {
        const order = Array.from({ length: classes }, (_, k) => (k + 2) % classes);
        const reordered = (values: readonly number[]): number[] => order.map((k) => values[k]!);
        const fates = ordinary(6);
        const expected = course(strategy, fates, harder);
        const turned = course(
          strategy,
          fates.map(({ robustAccuracy }) => ({ robustAccuracy: reordered(robustAccuracy) })),
          harder,
        );
        turned.forEach((knobs, epoch) => {
          for (const [name, values] of Object.entries(knobs)) {
            const wanted = reordered(expected[epoch]![name as KnobName]!);
            values.forEach((value, k) =>
              expect(value, `${name} of class ${k} in epoch ${epoch}`).to.be.closeTo(wanted[k]!, 1e-6),
            );
          }
        });
      }),
    );
  });
}

function expectValid(
  { knobs: declared }: ReweightingStrategy,
  knobs: Knobs,
  classes: number,
  epoch: number,
): void {
  for (const [name, values] of Object.entries(knobs)) {
    expect(declared, `declared knobs, since ${name} is turned`).to.include(name);
    expect(values.length, `values of ${name}`).to.equal(classes);
    values.forEach((value, k) => {
      const positive = Number.isFinite(value) && value > 0;
      expect(positive, `${name} of class ${k} after epoch ${epoch} is ${value}; must be above 0`).to.be.true;
    });
  }
}
