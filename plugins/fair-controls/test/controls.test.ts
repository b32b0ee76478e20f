import { loadTfjs } from '@ard/eager';
import { estimatorContract, strategyContract, toyLossInputs } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import * as estimators from '../src/estimators.js';
import { focal, inverseAccuracy, uniform, worstClassOnly } from '../src/strategies.js';

const { estimatorComponents: _, ...factories } = estimators;
for (const [name, create] of Object.entries(factories)) {
  estimatorContract({ name, create, columnsAreClasses: name === 'classDistance' });
}

strategyContract({ name: 'uniform', create: uniform, turnsNothing: true });
strategyContract({ name: 'inverse-accuracy', create: () => inverseAccuracy({ offset: 0.01 }) });
strategyContract({ name: 'focal', create: () => focal({ gamma: 2, offset: 0.01 }) });
strategyContract({ name: 'worst-class-only', create: () => worstClassOnly({ floor: 0.01 }) });

describe('estimators of the toy batch of methods.md 11', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  const values = (create: () => ReturnType<typeof estimators.robustLoss>): number[] =>
    Array.from(create().perExample(toyLossInputs()).dataSync());

  const cases: readonly (readonly [keyof typeof factories, readonly number[]])[] = [
    ['robustLoss', [0.96621261, 0.68026967]],
    ['robustError', [1, 0]],
    // (1 + .3805215 − .46477001) / 2, (1 + .50648039 − .30719589) / 2
    ['probabilityMargin', [0.457875745, 0.59964225]],
    ['teacherConfidence', [0.89905227, 0.84379473]],
    // sqrt of (1−.3805215)² + .46477001² + .1547085², and of .18632372² + (1−.50648039)² + .30719589²
    ['gradientNorm', [0.78974647, 0.61044856]],
  ];
  for (const [name, expected] of cases) {
    it(name, () => {
      values(factories[name]).forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-6));
    });
  }

  it('classDistance: to the class that is mistaken most', () => {
    const { values: distances, harder } = estimators.classDistance().summarise({
      sums: [
        [5, 3, 2],
        [2, 7, 1],
      ],
      counts: [10, 10],
    });
    expect(harder).to.equal('lower');
    expect(distances).to.deep.equal([0.7, 0.8]);
  });
});

describe('control strategies', () => {
  const evidence = (robustAccuracy: number[]) => ({
    epoch: 0,
    classes: robustAccuracy.length,
    training: { counts: [5, 5, 5], cleanAccuracy: [1, 1, 1], meanLoss: [1, 1, 1], robustAccuracy },
  });
  const weights = (strategy: ReturnType<typeof uniform>, accuracy: number[]): readonly number[] =>
    strategy.update({}, evidence(accuracy)).knobs.lossWeight!;

  it('weigh by what they are called', () => {
    expect(weights(uniform(), [0.1, 0.5, 0.9])).to.deep.equal([1, 1, 1]);
    const inverse = weights(inverseAccuracy({ offset: 0.01 }), [0.09, 0.19, 0.39]);
    expect(inverse[0]! / inverse[2]!).to.be.closeTo(4, 1e-9);
    const power = weights(focal({ gamma: 2, offset: 0.01 }), [0.01, 0.51, 0.51]);
    expect(power[0]! / power[1]!).to.be.closeTo(4, 1e-9);
    expect(weights(worstClassOnly({ floor: 0.1 }), [0.5, 0.2, 0.9])).to.deep.equal([0.1, 2.8, 0.1]);
  });

  it('have mean 1 over the classes that occur', () => {
    for (const strategy of [inverseAccuracy({ offset: 0.01 }), focal({ gamma: 1, offset: 0.01 })]) {
      const [first, absent, last] = weights(strategy, [0.2, NaN, 0.7]);
      expect(absent).to.equal(1);
      expect(first! + last!).to.be.closeTo(2, 1e-12);
    }
  });
});
