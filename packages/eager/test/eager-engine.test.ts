import { hostArray, type Engine, type NdArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { eagerEngine, loadTfjs } from '../src/index.js';

// Engine plugins run the contract suite; here is what it cannot see.
describe('eagerEngine', () => {
  let engine: Engine;
  const x = hostArray(Float32Array.of(1, 2), [2]);
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
    engine = eagerEngine({ id: 'eager', backend: 'cpu', description: 'a test' });
  });
  after(() => engine.dispose());

  const failure = async (fn: (inputs: { x: tf.Tensor }) => never): Promise<string> => {
    const compiled = engine.compile(fn, { name: 'wrong' });
    return compiled({ x }).then(
      () => 'no error',
      (error: unknown) => String(error),
    );
  };

  it('frees what an erring function has made', async () => {
    const before = tf.memory().numTensors;
    await failure(({ x }) => {
      tf.square(x);
      throw new Error('half way');
    });
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('lets values be read again after a call, also after one that was refused', async () => {
    await failure(({ x }) => x.dataSync() as never);
    const tensor = tf.scalar(3);
    expect(tensor.dataSync()[0]).to.equal(3);
    tensor.dispose();
  });

  it('says which output is not a tensor, or of a type that cannot leave', async () => {
    const nested = await failure(() => ({ deep: { number: 5 } }) as never);
    expect(nested).to.contain('deep.number is 5');
    const complex = await failure(({ x }) => ({ z: tf.complex(x, x) }) as never);
    expect(complex).to.contain('complex64');
  });

  it('reads inputs of other engines, whose values come later', async () => {
    const remote: NdArray = {
      shape: [2],
      dtype: 'float32',
      read: () => new Promise((resolve) => setImmediate(() => resolve(x.data))),
      dispose: () => undefined,
    };
    const double = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.mul(x, 2) }), { name: 'double' });
    expect([...(await (await double({ x: remote })).y.read())]).to.deep.equal([2, 4]);
  });
});
