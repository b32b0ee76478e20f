import type { Compiled, Engine, NdArray, TensorRecord } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { engineContract, type EngineRow } from '../src/index.js';
import { cpuEngine } from '../src/support/contract.js';
import { floats } from '../src/support/values.js';
import { expectFailure } from './support/failures.js';

type AnyCompiled = Compiled<TensorRecord, TensorRecord>;
type Call = (inputs: never) => Promise<Record<string, NdArray>>;

/** The honest engine with one thing changed. */
function broken(change: (engine: Engine) => Partial<Engine>): EngineRow {
  return {
    name: 'broken',
    create: async () => {
      const engine = await cpuEngine();
      return { ...engine, ...change(engine) };
    },
  };
}

/** Replaces the calls of compiled functions. */
function calls(wrap: (call: Call, fn: (inputs: never) => TensorRecord) => Call): EngineRow {
  return broken((engine) => ({
    compile(fn, options) {
      const compiled = engine.compile(fn, options) as unknown as AnyCompiled;
      const call = wrap(compiled as unknown as Call, fn as never);
      return Object.assign((inputs: never) => call(inputs), { dispose: () => compiled.dispose() }) as never;
    },
  }));
}

engineContract({ name: 'the eager engine', create: cpuEngine });

describe('engineContract refuses an engine that', () => {
  const cases: [string, RegExp, EngineRow][] = [
    ['has no description', /says what it is/, broken(() => ({ description: '' }))],
    [
      'is not exact enough',
      /agrees with .* train mode/,
      calls((call) => async (inputs) => {
        const outputs = await call(inputs);
        if (typeof outputs.loss?.read !== 'function') return outputs;
        const [loss] = await outputs.loss.read();
        return { ...outputs, loss: floats([loss! * 1.001], []) };
      }),
    ],
    [
      'drops empty branches',
      /agrees with .* empty branches/,
      calls((call) => async (inputs) => (JSON.parse(JSON.stringify({})) as never) ?? call(inputs)),
    ],
    [
      'is not deterministic',
      /repeats itself/,
      calls((call) => async (inputs) => ({ ...(await call(inputs)), mean: floats([draws++], []) })),
    ],
    [
      'remembers its first shape',
      /compiles anew/,
      calls((call) => {
        let first: Record<string, NdArray> | undefined;
        return async (inputs) => (first ??= await call(inputs));
      }),
    ],
    [
      'never looks at frozen inputs again',
      /notices that a frozen input/,
      broken((engine) => ({
        compile(fn, options) {
          const compiled = engine.compile(fn, options) as unknown as AnyCompiled;
          let kept: object | undefined;
          const call = (inputs: { network?: object }) => {
            if (!options.frozen?.includes('network')) return compiled(inputs as never);
            kept ??= inputs.network;
            return compiled({ ...inputs, network: kept } as never);
          };
          return Object.assign(call, { dispose: () => compiled.dispose() }) as never;
        },
      })),
    ],
    [
      'lets functions read values',
      /refuses functions that read/,
      calls((_call, fn) => (inputs) => {
        const { x } = inputs as { x: { data: Float32Array; shape: number[] } };
        fn({ x: tf.tensor(x.data, x.shape) } as never);
        return Promise.resolve({ y: floats([], [0]) });
      }),
    ],
    [
      'swallows errors',
      /passes on the error/,
      calls((call) => (inputs) => call(inputs).catch(() => ({ y: floats([], [0]) }))),
    ],
    [
      'reuses its output buffers',
      /later calls do not change/,
      calls((call) => {
        const buffers = new Map<string, NdArray>();
        return async (inputs) => {
          const outputs = await call(inputs);
          for (const [name, array] of Object.entries(outputs)) {
            if (typeof array.read !== 'function') continue;
            const buffer = buffers.get(name);
            const values = await array.read();
            if (buffer?.shape.join() === array.shape.join())
              ((await buffer.read()) as Float32Array).set(values);
            else buffers.set(name, floats(values, array.shape));
          }
          return { ...outputs, ...Object.fromEntries(buffers) };
        };
      }),
    ],
    [
      'keeps tensors',
      /leaves no tensor behind/,
      calls((call) => (inputs) => {
        tf.keep(tf.scalar(1));
        return call(inputs);
      }),
    ],
    [
      'works after its end',
      /refuses calls after dispose/,
      broken((engine) => ({
        compile: (fn, options) =>
          Object.assign(engine.compile(fn, options), { dispose: () => Promise.resolve() }),
        dispose: () => Promise.resolve(),
      })),
    ],
    [
      'never frees frozen inputs',
      /frees what it has kept/,
      broken(() => ({ dispose: () => Promise.resolve() })),
    ],
  ];
  for (const [title, expected, row] of cases) it(title, () => expectFailure(engineContract, row, expected));

  it('leaves its own backend active', () =>
    expectFailure(
      engineContract,
      calls((call) => async (inputs) => {
        const outputs = await call(inputs);
        await tf.setBackend('cpu');
        return outputs;
      }),
      /the active tfjs backend/,
    ));
});

let draws = 0;
