import { strategyContract } from '@ard/testkit';
import { expect } from 'chai';
import { robustError, robustErrorOptions } from '../src/robust-error.js';

const training = (robustAccuracy: readonly number[]) => ({
  counts: [10, 10, 10],
  cleanAccuracy: [1, 1, 1],
  robustAccuracy,
  meanLoss: [1, 1, 1],
});

function weights(options: Record<string, unknown>, ...epochs: readonly (readonly number[])[]) {
  const strategy = robustError(robustErrorOptions.parse(options));
  let state = strategy.init(3);
  let knobs: ReturnType<typeof strategy.update>['knobs'] = {};
  for (const [epoch, accuracies] of epochs.entries()) {
    ({ state, knobs } = strategy.update(state, { epoch, classes: 3, training: training(accuracies) }));
  }
  return knobs.lossWeight!;
}

strategyContract({ name: 'robust-error', create: () => robustError(robustErrorOptions.parse({})) });

describe('robust-error', () => {
  it('weights a class by its robust error, with a mean of 1', () => {
    expect(weights({ memory: 0 }, [0.9, 0.8, 0.7])).to.satisfy((found: number[]) =>
      [0.5, 1, 1.5].every((value, index) => Math.abs(value - found[index]!) < 1e-12),
    );
  });

  it('remembers earlier epochs', () => {
    // errors 1, 1, 1 at first; then 0.5 + 0.5 · (0.5, 0.5, 0) = 0.75, 0.75, 0.5
    expect(weights({ memory: 0.5 }, [0.5, 0.5, 1])).to.deep.equal([1.125, 1.125, 0.75]);
  });

  it('leaves all weights at 1 without strength, and when no class is weak', () => {
    expect(weights({ strength: 0 }, [0.9, 0.1, 0.5])).to.deep.equal([1, 1, 1]);
    expect(weights({ memory: 0 }, [1, 1, 1])).to.deep.equal([1, 1, 1]);
  });

  it('keeps the estimate of a class that did not occur', () => {
    expect(weights({ memory: 0 }, [0, 0, NaN])).to.deep.equal([1, 1, 1]);
  });
});
