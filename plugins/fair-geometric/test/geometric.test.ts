import { expect } from 'chai';
import fc from 'fast-check';
import { classWeights, type ClassWeightSettings } from '../src/class-weights.js';
import { geometric, geometricComponent, type GeometricOptions } from '../src/geometric.js';

const asReleased: ClassWeightSettings = {
  beta: 2,
  offset: 1e-5,
  clip: { minimum: 5 / 6, maximum: 5 / 2 },
  renormalise: false,
};
const unclipped: ClassWeightSettings = { ...asReleased, clip: undefined };

function weightsOf(kappas: readonly number[], settings: ClassWeightSettings = asReleased): number[] {
  return classWeights({ values: kappas, harder: 'lower' }, settings);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).to.have.lengthOf(expected.length);
  actual.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, tolerance));
}

describe('classWeights', () => {
  // methods.md 2.3: difficulties as they look on CIFAR-10
  const kappas = [7.9, 8.8, 5.2, 3.9, 4.6, 5.4, 7.0, 7.6, 8.3, 8.0];
  const low = 0.83333333;
  const table = [
    {
      beta: 1,
      ratios: [
        0.78552747, 0.70518952, 1.19339672, 1.5911946, 1.34905682, 1.14919692, 0.88652371, 0.81653509,
        0.74767077, 0.77570839,
      ],
      weights: [low, low, 1.19339672, 1.5911946, 1.34905682, 1.14919692, 0.88652371, low, low, low],
      total: 10.336035,
    },
    {
      beta: 2,
      ratios: [
        0.57005581, 0.45941622, 1.3157225, 2.33905923, 1.68133831, 1.22006658, 0.72606473, 0.6159484,
        0.51643472, 0.55589351,
      ],
      weights: [low, low, 1.3157225, 2.33905923, 1.68133831, 1.22006658, low, low, low, low],
      total: 11.556187,
    },
    {
      beta: 3,
      ratios: [
        0.38279196, 0.27694673, 1.34224934, 3.18162195, 1.93896249, 1.19856625, 0.55023695, 0.42993544,
        0.33007292, 0.36861597,
      ],
      weights: [low, low, 1.34224934, 2.5, 1.93896249, 1.19856625, low, low, low, low],
      total: 11.979778,
    },
  ];
  for (const { beta, ratios, weights, total } of table) {
    it(`gives the table of methods.md 2.3 for beta ${beta}`, () => {
      expectClose(weightsOf(kappas, { ...unclipped, beta }), ratios, 5e-9);
      expectClose(weightsOf(kappas, { ...asReleased, beta }), weights, 5e-9);
      expect(sum(weightsOf(kappas, { ...asReleased, beta }))).to.be.closeTo(total, 5e-7);
    });
  }

  it('gives the small examples of methods.md 2.3', () => {
    expectClose(weightsOf([2, 4, 8], unclipped), [2.285711, 0.571431, 0.142858], 5e-7);
    expectClose(weightsOf([2, 4, 8]), [2.285711, 0.833333, 0.833333], 5e-7);
    const four = [1, 2, 4, 8];
    expectClose(weightsOf(four, { ...asReleased, beta: 1 }), [2.133327, 1.066669, 0.833333, 0.833333], 5e-7);
    expectClose(weightsOf(four, unclipped), [3.011756, 0.752947, 0.188238, 0.04706], 5e-7);
    expectClose(weightsOf(four), [2.5, 0.833333, 0.833333, 0.833333], 5e-7);
  });

  it('gives equal classes exactly 1, so that nothing changes', () => {
    expect(weightsOf([5.3, 5.3, 5.3])).to.deep.equal([1, 1, 1]);
    expect(weightsOf([0, 0, 0])).to.deep.equal([1, 1, 1]);
    expect(weightsOf([1, 2, 3], { ...asReleased, beta: 0 })).to.deep.equal([1, 1, 1]);
  });

  it('is not broken by a class that is never right, with or without offset', () => {
    const kappas = [0, ...new Array<number>(9).fill(5)];
    const expected = [2.5, ...new Array<number>(9).fill(5 / 6)];
    expectClose(weightsOf(kappas), expected, 1e-12);
    // the released Fair-RSLAD computes inf / inf here
    expectClose(weightsOf(kappas, { ...asReleased, offset: 0 }), expected, 1e-12);
    expect(weightsOf([0, 0, 5, 5], { ...unclipped, offset: 0 })).to.deep.equal([2, 2, 0, 0]);
  });

  it('does not renormalise after clipping, unless asked to', () => {
    expect(sum(weightsOf(kappas))).to.be.greaterThan(10);
    expect(sum(weightsOf(kappas, { ...asReleased, renormalise: true }))).to.be.closeTo(10, 1e-12);
  });

  it('prefers high difficulties where higher is harder', () => {
    const settings = { ...unclipped, beta: 1, offset: 0 };
    expectClose(classWeights({ values: [1, 2, 3], harder: 'higher' }, settings), [0.5, 1, 1.5], 1e-12);
    expect(classWeights({ values: [0, 0], harder: 'higher' }, settings)).to.deep.equal([1, 1]);
  });

  it('leaves a class without examples at 1 and out of the mean', () => {
    expectClose(weightsOf([2, NaN, 4, 8], unclipped), [2.285711, 1, 0.571431, 0.142858], 5e-7);
  });

  const difficulties = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 2, maxLength: 12 });

  it('has mean 1 before clipping, stays between its bounds after it, and is never NaN', () => {
    fc.assert(
      fc.property(difficulties, fc.double({ min: 0, max: 50, noNaN: true }), (values, beta) => {
        for (const offset of [0, 1e-5]) {
          const free = weightsOf(values, { ...unclipped, beta, offset });
          expect(sum(free)).to.be.closeTo(values.length, 1e-9);
          for (const weight of weightsOf(values, { ...asReleased, beta, offset })) {
            expect(weight).to.be.within(5 / 6, 5 / 2);
          }
        }
      }),
    );
  });

  it('never gives a harder class less than an easier one', () => {
    fc.assert(
      fc.property(difficulties, (values) => {
        const weights = weightsOf(values);
        values.forEach((value, index) =>
          values.forEach((other, otherIndex) => {
            if (value < other) expect(weights[index]).to.be.at.least(weights[otherIndex]!);
          }),
        );
      }),
    );
  });

  it('does not depend on the order of classes', () => {
    fc.assert(
      fc.property(difficulties, (values) => {
        const reversed = weightsOf([...values].reverse()).reverse();
        expectClose(reversed, weightsOf(values), 1e-9);
      }),
    );
  });
});

describe('geometric', () => {
  const defaults = geometricComponent.options.parse({}) as unknown as GeometricOptions;

  it('has the released settings as defaults', () => {
    expect(defaults).to.deep.equal({
      beta: 2,
      offset: 1e-5,
      clip: true,
      minimum: '5/6',
      maximum: '5/2',
      renormalise: false,
    });
  });

  it('turns the loss weight and keeps no memory', () => {
    const strategy = geometric(defaults);
    const difficulty = { values: [2, 4, 8], harder: 'lower' } as const;
    const first = strategy.update(strategy.init(3), { epoch: 0, classes: 3, difficulty });
    const second = strategy.update(first.state, { epoch: 1, classes: 3, difficulty });
    expect(first.knobs).to.deep.equal({ lossWeight: weightsOf([2, 4, 8]) });
    expect(second).to.deep.equal(first);
  });

  it('says what is missing', () => {
    expect(() => geometric(defaults).update({}, { epoch: 0, classes: 3 })).to.throw('difficulty');
    expect(() => geometric({ ...defaults, minimum: 3 })).to.throw('minimum 3 exceeds maximum 5/2');
  });
});
