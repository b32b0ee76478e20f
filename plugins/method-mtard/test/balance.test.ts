import { loadTfjs } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { initialBalance, updateBalance, type Balance } from '../src/balance.js';

const losses = [
  [0.2, 0.1],
  [0.18, 0.06],
  [0.17, 0.05],
] as const;

function run(sequence: readonly (readonly [number, number])[], rates: (step: number) => number): Balance[] {
  let state: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
    Object.entries(initialBalance).map(([name, { values }]) => [name, tf.scalar(values[0])]),
  );
  return sequence.map(([adversarial, clean], step) => {
    const balance = updateBalance({
      state,
      adversarialLoss: tf.scalar(adversarial),
      cleanLoss: tf.scalar(clean),
      rate: tf.scalar(rates(step)),
    });
    ({ state } = balance);
    return balance;
  });
}

const number = (scalar: tf.Tensor): number => scalar.dataSync()[0]!;

describe('balance of mtard', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the sequence of methods.md 3.6: weights and total losses', () => {
    const steps = run(losses, () => 0.025);
    const weights = [0.5, 0.4975, 0.49432176];
    const totals = [0.15, 0.1203, 0.11068139];
    steps.forEach(({ cleanWeight, adversarialWeight }, index) => {
      const [adversarial, clean] = losses[index]!;
      expect(number(cleanWeight)).to.be.closeTo(weights[index]!, 1e-7);
      expect(number(adversarialWeight) * adversarial + number(cleanWeight) * clean).to.be.closeTo(
        totals[index]!,
        1e-7,
      );
    });
  });

  it('remembers the losses of the very first batch', () => {
    const state = run(losses, () => 0.025).at(-1)!.state;
    expect(number(state.firstAdversarialLoss!)).to.be.closeTo(0.2, 1e-7);
    expect(number(state.firstCleanLoss!)).to.be.closeTo(0.1, 1e-7);
  });

  it('moves slower when the rate falls, and not at all at rate 0', () => {
    const moved = (rate: number): number =>
      Math.abs(number(run(losses, () => rate).at(-1)!.cleanWeight) - 0.5);
    expect(moved(0.0025)).to.be.closeTo(moved(0.025) / 10, 1e-4);
    expect(moved(0)).to.equal(0);
  });

  it('keeps weights between 0 and 1 in sum 1 whatever the losses, so that B-MTARD need not cut them', () => {
    const positive = fc.double({ min: 1e-4, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 6 }), (sequence) => {
        tf.tidy(() => {
          for (const { cleanWeight, adversarialWeight } of run(sequence, () => 1)) {
            expect(number(cleanWeight)).to.be.within(0, 1);
            expect(number(cleanWeight) + number(adversarialWeight)).to.be.closeTo(1, 1e-6);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('stays finite for a student that equals its teachers', () => {
    const [first] = run([[0, 0]], () => 0.025);
    expect(number(first!.cleanWeight)).to.be.within(0, 1);
  });
});
