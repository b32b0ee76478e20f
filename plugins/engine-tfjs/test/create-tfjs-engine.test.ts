import { hostArray, isArdError, type Engine, type NdArray } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { createTfjsEngine } from '../src/create-tfjs-engine.js';
import plugin from '../src/index.js';

const square = ({ x }: { x: tf.Tensor }): { y: tf.Tensor } => ({ y: tf.square(x) });

describe('createTfjsEngine', () => {
  let engine: Engine;
  before(async () => {
    engine = await createTfjsEngine('cpu');
  });
  after(() => engine.dispose());

  it('is what the component of the plugin makes', async () => {
    const component = plugin.components[0]!;
    const made = (await component.create(component.options.parse({}))) as Engine;
    expect(made.id).to.equal('tfjs');
    expect(made.description).to.match(/^tfjs 4\.\d+\.\d+, cpu backend/);
    await made.dispose();
  });

  it('differentiates convolutions, for which the umbrella package must be loaded', async () => {
    const gradient = engine.compile(
      ({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => ({
        dw: tf.grad((weights: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, 1, 'valid'))(
          w,
        ),
      }),
      { name: 'conv-gradient' },
    );
    const x = hostArray(Float32Array.of(1, 2, 3, 4), [1, 2, 2, 1]);
    const { dw } = await gradient({ x, w: hostArray(Float32Array.of(5), [1, 1, 1, 1]) });
    expect([...(await dw.read())]).to.deep.equal([10]);
  });

  it('leaves the active backend as it was', async () => {
    tf.registerBackend('another', () => tf.findBackend('cpu'));
    await tf.setBackend('another');
    try {
      let during = '';
      const compiled = engine.compile(
        (inputs: { x: tf.Tensor }) => {
          during = tf.getBackend();
          return square(inputs);
        },
        { name: 'square' },
      );
      await compiled({ x: hostArray(Float32Array.of(3), [1]) });
      expect(during).to.equal('cpu');
      expect(tf.getBackend()).to.equal('another');
    } finally {
      await tf.setBackend('cpu');
    }
  });

  it('uploads a frozen input again only when its array is another one', async () => {
    const seen = new Set<number>();
    const compiled = engine.compile(
      ({ network }: { network: { w: tf.Tensor } }) => {
        seen.add(network.w.id);
        return { y: tf.add(network.w, 1) };
      },
      { name: 'frozen', frozen: ['network'] },
    );
    const first = hostArray(Float32Array.of(1), [1]);
    const call = async (w: NdArray): Promise<number> =>
      (await (await compiled({ network: { w } })).y.read())[0]!;
    expect([await call(first), await call(first)]).to.deep.equal([2, 2]);
    expect(seen.size).to.equal(1);
    expect(await call(hostArray(Float32Array.of(7), [1]))).to.equal(8);
    expect(seen.size).to.equal(2);
    await compiled.dispose();
  });

  it('lists what is registered and where to get the rest when the backend is unknown', async () => {
    const error = await createTfjsEngine('webnope').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(isArdError(error) && error.message)
      .to.contain('no backend "webnope"')
      .and.contain('cpu');
    expect(isArdError(error) && error.remedy).to.contain(
      'npm install @tensorflow/tfjs-backend-webnope@4.22.0',
    );
  });

  it('says so when a backend cannot start', async () => {
    tf.registerBackend('broken', () => Promise.reject(new Error('no device')));
    tf.env().set('IS_TEST', true); // keeps tfjs from printing the reason as well
    const error: unknown = await createTfjsEngine('broken').catch((reason: unknown) => reason);
    tf.env().set('IS_TEST', false);
    expect(isArdError(error) && error.message).to.contain('"broken" could not start');
    tf.removeBackend('broken');
  });

  it('names the kernel that a backend lacks', async () => {
    const backend = Object.assign(new tf.KernelBackend(), { dispose: () => undefined });
    tf.registerBackend('bare', () => backend);
    const bare = await createTfjsEngine('bare');
    const compiled = bare.compile(() => ({ y: tf.fill([2], 1) }), { name: 'fill-step' });
    const error: unknown = await compiled({}).catch((reason: unknown) => reason);
    expect(isArdError(error) && error.message).to.contain('fill-step needs the tfjs kernel Fill');
    await bare.dispose();
    tf.removeBackend('bare');
  });
});
