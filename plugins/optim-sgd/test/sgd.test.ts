import { hostArray } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { sgd, type SgdOptions } from '../src/sgd.js';

interface Step {
  readonly gradient: readonly number[];
  readonly learningRate: number;
}

/** Runs the optimizer over some gradients of one parameter; gives its values after each step and the last buffer. */
async function run(
  options: SgdOptions,
  initial: readonly number[],
  steps: readonly Step[],
): Promise<{ values: number[][]; buffer: number[] | undefined }> {
  const optimizer = sgd(options);
  const start = { weight: hostArray(Float32Array.from(initial), [initial.length]) };
  const state = optimizer.init(start);
  let parameters: Readonly<Record<string, tf.Tensor>> = { weight: tf.tensor1d([...initial]) };
  let buffers: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
    await Promise.all(
      Object.entries(state).map(async ([name, array]) => [
        name,
        tf.tensor(await array.read(), [...array.shape]),
      ]),
    ),
  ) as Record<string, tf.Tensor>;
  const values: number[][] = [];
  for (const { gradient, learningRate } of steps) {
    const next = optimizer.update({
      parameters,
      gradients: { weight: tf.tensor1d([...gradient]) },
      state: buffers,
      learningRate: tf.scalar(learningRate),
    });
    ({ parameters, state: buffers } = next);
    values.push(Array.from(parameters.weight!.dataSync()));
  }
  return { values, buffer: buffers.weight && Array.from(buffers.weight.dataSync()) };
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-6));
}

const usual: SgdOptions = {
  learningRate: 0.1,
  momentum: 0.9,
  weightDecay: 2e-4,
  nesterov: false,
  clipNorm: 0,
};

describe('sgd', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the oracle of methods.md 1.2', async () => {
    const { values } = await run(
      { ...usual, nesterov: true },
      [1],
      [
        { gradient: [0.5], learningRate: 0.1 },
        { gradient: [0.4], learningRate: 0.1 },
      ],
    );
    expectClose(values.flat(), [0.904962, 0.7884114114]);
  });

  // torch.optim.SGD of PyTorch 1.13 in float64: three steps, the last with a tenth of the learning rate
  const steps: readonly Step[] = [
    { gradient: [0.5, -0.2, 1], learningRate: 0.1 },
    { gradient: [0.4, 0.3, -1], learningRate: 0.1 },
    { gradient: [0.1, -0.6, 0.2], learningRate: 0.01 },
  ];
  for (const { nesterov, weightDecay, last, buffer } of [
    { nesterov: false, weightDecay: 0, last: [0.85635, -1.98708, 0.4089], buffer: [0.865, -0.492, 0.11] },
    {
      nesterov: false,
      weightDecay: 0.05,
      last: [0.840869362, -1.955551925, 0.401579494],
      buffer: [0.99056375, -0.7598075, 0.168300625],
    },
    { nesterov: true, weightDecay: 0, last: [0.779715, -1.992372, 0.41601], buffer: [0.865, -0.492, 0.11] },
    {
      nesterov: true,
      weightDecay: 0.05,
      last: [0.756202452, -1.943438206, 0.40564039],
      buffer: [0.984119638, -0.758297075, 0.164452506],
    },
  ]) {
    it(`moves as PyTorch does with nesterov ${nesterov} and weight decay ${weightDecay}`, async () => {
      const result = await run({ ...usual, nesterov, weightDecay }, [1, -2, 0.5], steps);
      expectClose(result.values.at(-1)!, last);
      expectClose(result.buffer!, buffer);
    });
  }

  it('starts as PyTorch does: after one step the buffer is the first gradient itself', async () => {
    const { buffer } = await run({ ...usual, weightDecay: 0 }, [1], [{ gradient: [0.3], learningRate: 0.1 }]);
    expect(buffer).to.deep.equal([Math.fround(0.3)]);
  });

  it('keeps no state without momentum', async () => {
    const result = await run(
      { ...usual, momentum: 0, weightDecay: 0 },
      [1],
      [{ gradient: [0.5], learningRate: 0.1 }],
    );
    expectClose(result.values[0]!, [0.95]);
    expect(result.buffer).to.equal(undefined);
  });

  it('keys its state by parameter name and gives it the shape of the parameter', () => {
    const parameters = { 'conv1.weight': hostArray(new Float32Array(6), [3, 2]) };
    const state = sgd(usual).init(parameters);
    expect(Object.keys(state)).to.deep.equal(['conv1.weight']);
    expect(state['conv1.weight']!.shape).to.deep.equal([3, 2]);
  });

  describe('with clipNorm', () => {
    // gradients of norm 13 over two parameters: (3, 4) and 12
    const move = (clipNorm: number, weightDecay: number): number[] => {
      const { parameters } = sgd({ ...usual, momentum: 0, weightDecay, clipNorm }).update({
        parameters: { weight: tf.tensor1d([1, 2]), bias: tf.tensor1d([-1]) },
        gradients: { weight: tf.tensor1d([3, 4]), bias: tf.tensor1d([12]) },
        state: {},
        learningRate: tf.scalar(0.1),
      });
      return [...parameters.weight!.dataSync(), ...parameters.bias!.dataSync()];
    };

    it('scales all gradients to a global norm, which is not the norm of each', () => {
      const factor = 6.5 / (13 + 1e-6);
      expectClose(move(6.5, 0), [1 - 0.3 * factor, 2 - 0.4 * factor, -1 - 1.2 * factor]);
    });

    it('leaves smaller gradients as they are, bit for bit', () => {
      expect(move(13.1, 0)).to.deep.equal(move(0, 0));
    });

    it('does not limit weight decay', () => {
      const factor = 6.5 / (13 + 1e-6);
      expectClose(move(6.5, 0.5), [
        1 - 0.1 * (3 * factor + 0.5),
        2 - 0.1 * (4 * factor + 1),
        -1 - 0.1 * (12 * factor - 0.5),
      ]);
    });

    it('has a zero gradient stay zero', () => {
      const { parameters } = sgd({ ...usual, momentum: 0, weightDecay: 0, clipNorm: 1 }).update({
        parameters: { weight: tf.tensor1d([1]) },
        gradients: { weight: tf.tensor1d([0]) },
        state: {},
        learningRate: tf.scalar(0.1),
      });
      expect(Array.from(parameters.weight!.dataSync())).to.deep.equal([1]);
    });
  });

  it('refuses nesterov without momentum', () => {
    expect(() => sgd({ ...usual, momentum: 0, nesterov: true })).to.throw('nesterov is on and momentum is 0');
  });
});
