import { expect } from 'chai';
import { addStep, classResults, estimatorSums, meanLosses, noSums } from '../../src/training/epoch-sums.js';

describe('sums over an epoch', () => {
  const step = {
    examples: 3,
    loss: 2,
    terms: { kl: 1 },
    counts: [2, 1],
    lossPerClass: [3, 3],
    robustCorrect: [1, 0],
    estimator: [10, 4],
  };

  it('weigh a smaller last batch by its examples', () => {
    const sums = addStep(addStep(noSums(2), step), { ...step, examples: 1, loss: 6, terms: { kl: 5 } });
    expect(meanLosses(sums)).to.deep.equal({ loss: 3, terms: { kl: 2 } });
  });

  it('turn into rates per class, not a number for a class that never came', () => {
    const results = classResults(addStep(noSums(2), { ...step, counts: [4, 0] }));
    expect(results.robustAccuracy[0]).to.equal(0.25);
    expect(results.robustAccuracy[1]).to.satisfy(Number.isNaN);
  });

  it('keep one or several columns for the estimator', () => {
    expect(estimatorSums(addStep(noSums(2), step)).sums).to.deep.equal([[10], [4]]);
    const matrix = addStep(addStep(noSums(2), { ...step, estimator: [1, 2, 3, 4] }), {
      ...step,
      estimator: [1, 1, 1, 1],
    });
    expect(estimatorSums(matrix).sums).to.deep.equal([
      [2, 3],
      [4, 5],
    ]);
  });

  it('survive a checkpoint', () => {
    const sums = addStep(noSums(2), { ...step, loss: 1 / 3 });
    expect(JSON.parse(JSON.stringify(sums))).to.deep.equal(sums);
  });
});
