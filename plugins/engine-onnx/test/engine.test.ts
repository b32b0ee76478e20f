import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { InferenceSession } from 'onnxruntime-node';
import { conv2d } from '@ard/nn';
import { hostArray, isArdError, type HostArray, type TensorRecord } from '@ard/core';
import { createOnnxEngine } from '../src/create-onnx-engine.js';
import plugin from '../src/index.js';
import { onnxEngineOptions } from '../src/options.js';
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

  it("computes frozen convolutions with many channels by Winograd's algorithm, to the same values", async () => {
    const channels = 256;
    const given = {
      x: uniform('x', -1, 1, 16, 4, 4, channels),
      w: uniform('w', -0.1, 0.1, channels, channels, 3, 3),
    };
    const step = (({ x, w }: { x: tf.Tensor4D; w: tf.Tensor4D }) => {
      const layer = (image: tf.Tensor4D) => tf.relu(conv2d(image, w, { padding: 1 }));
      return { y: layer(x), gradient: tf.grad((image) => tf.sum(layer(image as tf.Tensor4D)))(x) };
    }) as unknown as Fn;
    const measured = async (without: string) => {
      const engine = await testEngine({ without });
      const compiled = engine.compile(step, { name: 'layer', frozen: ['w'] });
      await compiled(given);
      const before = engine.bytesExchanged();
      const results = (await compiled(given)) as Record<string, HostArray>;
      const bytes = engine.bytesExchanged() - before;
      await engine.dispose();
      return { results, bytes };
    };
    const [winograd, without] = [await measured(''), await measured('winograd')];
    for (const key of ['y', 'gradient'])
      expectClose(winograd.results[key]!, without.results[key]!, 1e-5, key);
    // transformed weights are twice as large, forwards and turned
    expect(winograd.bytes - without.bytes).to.equal(2 * given.w.data.byteLength);
  });

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
    const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.einsum('i->i', x) }), {
      name: 'odd-step',
    });
    const error = await rejection(() => compiled({ x: noise('x', 2) }));
    expect(error.message).to.contain('odd-step').and.to.contain('Einsum, which @ard/plugin-engine-onnx uses');
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

  describe('what it tells about its work', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ard-engine-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    async function run(options: Record<string, unknown>): Promise<string> {
      let printed = '';
      const engine = await createOnnxEngine(onnxEngineOptions.parse({ threads: 1, ...options }), {
        print: (text) => {
          printed += text;
        },
      });
      const name = 'my step';
      const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.exp(tf.exp(x)) }), { name });
      for (const size of [2, 3, 3]) await compiled({ x: noise('x', size) });
      await engine.dispose();
      return printed;
    }

    it('dumps every graph to a file of its own, in later runs too', async () => {
      const dump = join(folder, 'new', 'graph.onnx');
      for (let times = 0; times < 2; times++) await run({ dump });
      expect((await readdir(join(folder, 'new'))).sort()).to.deep.equal(
        [0, 1, 2, 3].map((number) => `graph-my-step-${number}.onnx`),
      );
      await run({ dump: join(folder, 'graphs') });
      const files = await readdir(join(folder, 'graphs'));
      expect(files.sort()).to.deep.equal(['my-step-0.onnx', 'my-step-1.onnx']);
      for (const file of files) {
        const bytes = await readFile(join(folder, 'graphs', file));
        await (await InferenceSession.create(bytes)).release();
      }
    });

    it('says where it cannot dump', async () => {
      await writeFile(join(folder, 'file'), '');
      const error = await rejection(() => run({ dump: join(folder, 'file', 'graph.onnx') }));
      expect(error.message).to.match(/^engine\.dump: .* cannot be written/);
    });

    it('prints the operators that took the most time, and leaves no files behind', async () => {
      expect(await run({})).to.equal('');
      const table = await run({ profile: true });
      expect(table).to.match(
        /^Operators by time, [\d.]+ ms in all\nfunction +operator +provider +calls +ms +share\n/,
      );
      expect(table).to.match(/^my-step +Exp +CPU +6 +[\d.]+ +[\d.]+ %$/m);
      await run({ profile: join(folder, 'profiles') });
      const files = await readdir(join(folder, 'profiles'));
      expect(files).to.have.length(2);
      for (const file of files) expect(file).to.match(/^my-step-.*\.json$/);
    });
  });

  it('leaves out passes, as a list or as text, and knows their names', async () => {
    for (const without of [['constantFolding', 'layout'], 'constantFolding, layout', '']) {
      const engine = await testEngine({ without });
      const compiled = engine.compile(({ x }: { x: tf.Tensor }) => ({ y: tf.exp(x) }), { name: 'exp' });
      await compiled({ x: noise('x', 2) });
      await engine.dispose();
    }
    const error = await rejection(() => testEngine({ without: 'layout,lay' }));
    expect(error.message).to.contain('"lay"');
    expect(error.remedy).to.contain('layout');
  });

  it('says why a provider does not start here, and what it needs', async () => {
    const provider = process.platform === 'win32' ? 'coreml' : 'dml';
    const error = await rejection(() => testEngine({ provider }));
    expect(error.message).to.contain(provider).and.to.contain('does not exist on');
    expect(error.remedy).to.match(/provider=cpu/);
  });

  it('keeps constants beyond a limit out of the model: same results, small model, files beside the dump', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ard-engine-'));
    const results: HostArray[] = [];
    for (const [inlineLimit, dump] of [
      [undefined, join(folder, 'whole')],
      [4096, join(folder, 'divided')],
    ] as const) {
      // without blocked convolutions frozen inputs become constants
      const engine = await createOnnxEngine(
        onnxEngineOptions.parse({ threads: 1, blocked: false, dump }),
        inlineLimit === undefined ? {} : { inlineLimit },
      );
      const known = noise('known', 50, 40).data;
      const compiled = engine.compile(
        ({ network, x }: { network: { w: tf.Tensor }; x: tf.Tensor }) => ({
          y: tf.matMul(tf.matMul(x, network.w), tf.tensor(known, [50, 40])),
        }),
        { name: 'large', frozen: ['network'] },
      );
      for (const w of ['one', 'two']) {
        const { y } = await compiled({ network: { w: noise(w, 30, 50) }, x: noise('x', 2, 30) });
        results.push(y as HostArray);
      }
      await engine.dispose();
    }
    expect(results[2]!.data).to.deep.equal(results[0]!.data);
    expect(results[3]!.data).to.deep.equal(results[1]!.data);
    const files = (await readdir(join(folder, 'divided'))).sort();
    expect(files.filter((file) => file.startsWith('large-0'))).to.deep.equal([
      'large-0-0.bin',
      'large-0-1.bin',
      'large-0.onnx',
    ]);
    const model = join(folder, 'divided', 'large-0.onnx');
    expect((await readFile(model)).length).to.be.below(2000);
    await (await InferenceSession.create(model)).release();
    await rm(folder, { recursive: true });
  });
});
