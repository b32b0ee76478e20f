import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { bMtard, bMtardComponent, type BMtardOptions } from '../src/b-mtard.js';
import { mtard, mtardComponent, type MtardOptions } from '../src/mtard.js';

const defaults = bMtardComponent.options.parse({}) as unknown as BMtardOptions;
const method = bMtard(defaults);

type State = Readonly<Record<string, number>>;

const initial: State = Object.fromEntries(
  Object.entries(method.initialState!(3)).map(([name, { values }]) => [name, values[0]!]),
);

function inputsOf(state: State, options: ToyLossOptions = {}) {
  const scalars = Object.entries(state).map(([name, value]) => [name, tf.scalar(value)] as const);
  return toyLossInputs({ state: Object.fromEntries(scalars), ...options });
}

function next(state: State, options?: ToyLossOptions): State {
  const after = method.loss(inputsOf(state, options), '').state!;
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value.dataSync()[0]!]));
}

describe('b-mtard', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('starts as mtard, at temperature 1', () => {
    const base = mtard(mtardComponent.options.parse({}) as unknown as MtardOptions);
    const value = (of: typeof method): number => totalLoss(of, inputsOf(initial)).dataSync()[0]!;
    expect(value(method)).to.be.closeTo(value(base), 1e-8);
  });

  it('softens the surer teacher, from the next step on', () => {
    // in the toy batch the clean teacher is the surer one: the other would go below 1 and stays there
    const after = next(initial);
    expect(after.cleanTeacherTemperature).to.be.closeTo(1.001, 1e-6);
    expect(after.teacherTemperature).to.equal(1);
    expect(next(after).cleanTeacherTemperature).to.be.closeTo(1.002, 1e-6);
  });

  it('hardens the softer one again where there is room, and slower as the learning rate falls', () => {
    const warm = { ...initial, teacherTemperature: 3, cleanTeacherTemperature: 1 };
    expect(next(warm).teacherTemperature).to.be.closeTo(2.999, 1e-6);
    const slow = next(warm, { learningRateFactor: 0.1 });
    expect(slow.teacherTemperature).to.be.closeTo(2.9999, 1e-6);
  });

  it('stops at the largest temperature', () => {
    const hot = bMtard({ ...defaults, temperatureRate: 20 });
    const state = hot.loss(inputsOf(initial), '').state!;
    expect(state.cleanTeacherTemperature!.dataSync()[0]).to.equal(10);
  });

  it('tempers the teachers only', () => {
    const state = { ...initial, teacherTemperature: 2, cleanTeacherTemperature: 4 };
    const softer: ToyLossOptions = {
      logits: {
        teacherAdversarialLogits: tf.tensor2d([0.75, 0.5, -0.25, 0, 1, 0.5], [2, 3]),
        cleanTeacherCleanLogits: tf.tensor2d([1, 0, -0.25, 0, 1, 0], [2, 3]),
      },
    };
    const value = (of: State, options?: ToyLossOptions): number =>
      totalLoss(method, inputsOf(of, options)).dataSync()[0]!;
    expect(value(state)).to.be.closeTo(value(initial, softer), 1e-7);
  });
});
