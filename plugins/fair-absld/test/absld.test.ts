import { loadTfjs } from '@ard/eager';
import { strategyContract } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { absld, absldComponent, type AbsldOptions } from '../src/absld.js';
import { updateTemperatures } from '../src/temperatures.js';

const defaults = absldComponent.options.parse({}) as unknown as AbsldOptions;

for (const aliasing of [false, true]) {
  strategyContract({
    name: `absld${aliasing ? ', aliased' : ''}`,
    create: () => absld({ ...defaults, aliasing }),
    measured: (accuracy) => accuracy.map((value) => [3 - value, 2 - value]),
  });
}

describe('absld', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the temperatures of methods.md 5.7', () => {
    const settings = { rate: 0.1, minimum: 0.5, maximum: 5 };
    expect(updateTemperatures([1, 1, 1], [10, 30, 20], settings)).to.deep.equal([1.1, 0.9, 1]);
    expect(updateTemperatures([0.5, 5, 1], [30, 10, 20], settings)).to.deep.equal([0.5, 5, 1]);
  });

  const measured = {
    sums: [
      [10, 30],
      [30, 10],
      [20, 20],
    ],
    counts: [5, 5, 5],
  };

  it('keeps one temperature for adversarial and one for clean images', () => {
    const strategy = absld(defaults);
    const { knobs } = strategy.update(strategy.init(3), { epoch: 0, classes: 3, measured });
    expect(knobs).to.deep.equal({ temperature: [1.1, 0.9, 1], cleanTemperature: [0.9, 1.1, 1] });
  });

  it('multiplies them where the defect of the release is wanted', () => {
    const strategy = absld({ ...defaults, aliasing: true });
    const { knobs } = strategy.update(strategy.init(3), { epoch: 0, classes: 3, measured });
    expect(knobs.temperature).to.deep.equal(knobs.cleanTemperature);
    expect(knobs.temperature![0]).to.be.closeTo(0.99, 1e-12);
  });

  it('moves ten times less from each milestone on', () => {
    const strategy = absld(defaults);
    // at the end of an epoch counted from 0: the 215th of the script is the first with the smaller rate
    for (const [epoch, expected] of [
      [213, 1.1],
      [214, 1.01],
      [258, 1.01],
      [259, 1.001],
      [284, 1.0001],
    ] as const) {
      const { knobs } = strategy.update(strategy.init(3), { epoch, classes: 3, measured });
      expect(knobs.temperature![0], `epoch ${epoch}`).to.be.closeTo(expected, 1e-12);
    }
  });
});
