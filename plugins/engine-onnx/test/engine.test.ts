import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { hostArray, isArdError, type HostArray, type TensorRecord } from '@ard/core';
import plugin from '../src/index.js';
import { expectClose, integers, noise, testEngine, uniform } from './support/agreement.js';
import { attackGradient, residualValues, type StepInputs } from './support/residual-net.js';

type Fn = (inputs: TensorRecord) => TensorRecord;

async function rejection(run: () => Promise<unknown>): Promise<Error & { remedy?: string }> {
  try {
    await run();
  } catch (error) {
    expect(isArdError(error), String(error)).to.equal(true);
    return error as Error;
  }
  return expect.fail('nothing was refused');
}

describe('engine-onnx', () => {
  it('says that it runs here, with version, provider and threads', async () => {
    const [component] = plugin.components;
    const availability = await component!.availability!();
    expect(availability).to.have.property('available', true);
    expect(availability)
      .to.have.property('description')
      .that.matches(/^ONNX Runtime \d+\.\d+\.\d+, cpu, \d+ thread/);
  });

  for (const blocked of [true, false]) {
    it(`follows frozen weights that change, with ${blocked ? 'two sessions' : 'one'}, and frees them`, async () => {
      const engine = await testEngine({ blocked });
      let traces = 0;
      const step = ((given: TensorRecord) => {
        traces++;
        return attackGradient(given as unknown as StepInputs, 'eval');
      }) as Fn;
      const compiled = engine.compile(step, { name: 'attack', frozen: ['network'] });
      const unfrozen = engine.compile(step, { name: 'attack' });
      const rest = { images: uniform('images', 0, 1, 2, 8, 8, 3), labels: integers('labels', 10, 2) };
      const network = residualValues();
      const { data, shape } = network.parameters['a1.weight']!;
      const changed = hostArray(
        (data as Float32Array).map((value) => value + 0.05),
        shape,
      );
      for (const weights of [
        network.parameters,
        { ...network.parameters, 'a1.weight': changed },
        network.parameters,
      ]) {
        const given = { ...rest, network: { ...network, parameters: weights } };
        const [frozen, open] = [await compiled(given), await unfrozen(given)] as Record<string, HostArray>[];
        for (const key of ['logits', 'gradient']) expectClose(frozen![key]!, open![key]!, 1e-5, key);
      }
      expect(traces, 'one trace for each compiled function').to.equal(2);
      expect(engine.sessionsAlive()).to.equal(blocked ? 3 : 2);
      await compiled.dispose();
      expect(engine.sessionsAlive()).to.equal(1);
      await engine.dispose();
      expect(engine.sessionsAlive()).to.equal(0);
    });
  }

  it('keeps one session for each set of shapes, however often it is called', async () => {
    const engine = await testEngine();
    const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.add(x, 1) }), { name: 'next' });
    for (const size of [2, 3, 2, 3, 2]) await compiled({ x: noise('x', size) });
    expect(engine.sessionsAlive()).to.equal(2);
    await engine.dispose();
  });

  it('returns inputs and constants without a session', async () => {
    const engine = await testEngine();
    const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ x, one: tf.scalar(1), none: {} }), {
      name: 'pass',
    });
    const x = noise('x', 2);
    const results = await compiled({ x });
    expect(results.x).to.equal(x);
    expect((results.one as unknown as HostArray).data).to.deep.equal(Float32Array.of(1));
    expect(results.none).to.deep.equal({});
    expect(engine.sessionsAlive()).to.equal(0);
    await engine.dispose();
  });

  it('names function, kernel, the plugin that used it and an engine that can run it, when it cannot', async () => {
    const engine = await testEngine();
    const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.atanh(x) }), { name: 'odd-step' });
    const error = await rejection(() => compiled({ x: noise('x', 2) }));
    expect(error.message).to.contain('odd-step').and.to.contain('Atanh, which @ard/plugin-engine-onnx uses');
    expect(error.remedy).to.contain('--engine tfjs');
    await engine.dispose();
  });

  it('names the function that reads a value', async () => {
    const engine = await testEngine();
    const step = ({ x }: { x: tf.Tensor }): TensorRecord => ({ y: tf.mul(x, tf.sum(x).dataSync()[0]!) });
    const error = await rejection(() => engine.compile(step, { name: 'peek' })({ x: noise('x', 2) }));
    expect(error.message).to.match(/^peek: reads the values of a tensor/);
    await engine.dispose();
  });

  it('writes its graphs and profiles where it is told to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ard-engine-'));
    const engine = await testEngine({ dump: join(folder, 'graphs'), profile: join(folder, 'profiles') });
    const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.exp(x) }), { name: 'my step' });
    await compiled({ x: noise('x', 2) });
    await engine.dispose();
    expect(await readdir(join(folder, 'graphs'))).to.deep.equal(['my-step-0.onnx']);
    expect((await readdir(join(folder, 'profiles'))).join()).to.match(/^my-step-0.*json$/);
    await rm(folder, { recursive: true });
  });
});
