import {
  isArdError,
  type ArrayTree,
  type Compiled,
  type Concrete,
  type Engine,
  type HostArray,
  type NdArray,
  type TensorRecord,
} from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { engineCases, noise, type EngineCase } from './engine-cases.js';
import { cpuEngine, expectNoLeak, suite, withEngine, type ContractRow } from './support/contract.js';
import { expectClose, expectSame, floats, toHost } from './support/values.js';

/** An engine under test. */
export interface EngineRow extends Omit<ContractRow, 'engine'> {
  create(): Engine | Promise<Engine>;
  /** Allowed difference from tfjs's cpu backend, relative for values above 1; 1e-4 unless told otherwise. */
  readonly tolerance?: number;
}

type X = { readonly x: tf.Tensor };

/** Declares the tests that every engine must pass. */
export function engineContract(row: EngineRow): void {
  const test = (body: (engine: Engine) => Promise<void>) => () =>
    withEngine({ engine: () => row.create() }, body);
  const double = ({ x }: X) => ({ y: tf.mul(x, 2) });

  suite(row, 'engine', (it) => {
    it(
      'says what it is',
      test(async (engine) => {
        expect(engine.id).to.match(/^[a-z][a-z0-9-]*$/);
        expect(engine.description).to.be.a('string').that.is.not.empty;
        return Promise.resolve();
      }),
    );

    for (const subject of engineCases) {
      it(
        `agrees with tfjs's cpu backend on ${subject.name}`,
        test((engine) => expectAgreement(engine, subject, row.tolerance ?? 1e-4)),
      );
    }

    it(
      'repeats itself bit for bit',
      test(async (engine) => {
        for (const { name, fn, inputs } of engineCases) {
          const compiled = engine.compile(fn, { name });
          const first = await flat(await compiled(inputs[0]!));
          const second = await flat(await compiled(inputs[0]!));
          for (const [path, array] of Object.entries(first))
            expectSame(second[path]!, array, `${name}: ${path}`);
          await compiled.dispose();
        }
      }),
    );

    it(
      'compiles anew for other shapes, and still knows the first ones',
      test(async (engine) => {
        const compiled = engine.compile(double, { name: 'double' });
        for (const shape of [[2], [3], [2, 2], [], [2]]) {
          const x = noise(shape.join(), ...shape);
          expectClose(await only(compiled({ x })), times(x, 2), 1e-6, `shape [${shape.join(', ')}]`);
        }
      }),
    );

    it(
      'takes one array in several places, and arrays of the engine itself',
      test(async (engine) => {
        const add = engine.compile(({ a, b }: { a: tf.Tensor; b: tf.Tensor }) => ({ y: tf.add(a, b) }), {
          name: 'add',
        });
        const x = noise('twice', 3);
        const { y } = await add({ a: x, b: x });
        expectClose(await only(add({ a: y, b: x })), times(x, 3), 1e-6, 'x + x + x');
      }),
    );

    it(
      'hands out arrays that later calls do not change, and does not write into its inputs',
      test(async (engine) => {
        const identity = engine.compile(({ x }: X) => ({ y: x, z: tf.add(x, 1) }), { name: 'identity' });
        const x = noise('kept', 4);
        const before = await toHost(x);
        const { y, z } = await identity({ x });
        const copy = await toHost(z);
        await identity({ x: noise('other', 4) });
        expectSame(await toHost(y), before, 'an output that is an input');
        expectSame(await toHost(z), copy, 'output of the first call');
        expectSame(x, before, 'input');
      }),
    );

    it(
      'notices that a frozen input is another array, and that one comes back',
      test(async (engine) => {
        const compiled = engine.compile(
          ({ network, x }: { network: { w: tf.Tensor }; x: tf.Tensor }) => ({ y: tf.mul(network.w, x) }),
          { name: 'frozen', frozen: ['network'] },
        );
        const x = floats([2, 3], [2]);
        const [one, two] = [floats([1, 1], [2]), floats([5, 7], [2])];
        for (const [w, expected] of [
          [one, [2, 3]],
          [one, [2, 3]],
          [two, [10, 21]],
          [one, [2, 3]],
        ] as const) {
          const y = await only(compiled({ network: { w }, x }));
          expectClose(y, floats(expected, [2]), 1e-6, 'w · x');
        }
        const y = await only(compiled({ network: { w: two }, x: floats([1, 2], [2]) }));
        expectClose(y, floats([5, 14], [2]), 1e-6, 'w · x of another x');
      }),
    );

    it(
      'refuses functions that read values',
      test(async (engine) => {
        for (const read of [
          (x: tf.Tensor) => void x.dataSync(),
          (x: tf.Tensor) => void x.arraySync(),
          (x: tf.Tensor) => void tf.add(x, 1).dataSync(),
        ]) {
          const impure = engine.compile(
            ({ x }: X) => {
              read(x);
              return { y: x };
            },
            { name: 'impure-step' },
          );
          const error = await rejection(() => impure({ x: noise('read', 2) }));
          expect(isArdError(error), `an ArdError, not ${String(error)}`).to.be.true;
          expect((error as Error).message, 'message names the function').to.contain('impure-step');
        }
      }),
    );

    it(
      'passes on the error of a function, and works on',
      test(async (engine) => {
        const failing = engine.compile(
          ({ x }: X) => {
            if (x.size === 2) throw new Error('size 2 is not for me');
            return double({ x });
          },
          { name: 'failing' },
        );
        expect(String(await rejection(() => failing({ x: noise('two', 2) })))).to.contain(
          'size 2 is not for me',
        );
        const x = noise('three', 3);
        expectClose(await only(failing({ x })), times(x, 2), 1e-6, 'call after the error');
      }),
    );

    it(
      'leaves no tensor behind',
      test(async (engine) => {
        for (const { name, fn, inputs } of engineCases) {
          const compiled = engine.compile(fn, { name, frozen: ['network'] });
          await expectNoLeak(() => compiled(inputs[0]!));
          await compiled.dispose();
        }
      }),
    );

    it(
      'leaves the active tfjs backend as it was',
      test(async (engine) => {
        const idle = Object.assign(new tf.KernelBackend(), { dispose: () => undefined });
        tf.registerBackend('ard-testkit-idle', () => idle);
        await tf.setBackend('ard-testkit-idle');
        try {
          const compiled = engine.compile(double, { name: 'double' });
          await compiled({ x: noise('backend', 2) });
          expect(tf.getBackend()).to.equal('ard-testkit-idle');
        } finally {
          await tf.setBackend('cpu');
          tf.removeBackend('ard-testkit-idle');
        }
      }),
    );

    it(
      'refuses calls after dispose',
      test(async (engine) => {
        const x = noise('disposed', 2);
        const [one, another] = [
          engine.compile(double, { name: 'one' }),
          engine.compile(double, { name: 'another' }),
        ];
        await one({ x });
        await one.dispose();
        await one.dispose();
        expect(await rejection(() => one({ x })), 'a disposed function').to.be.an('error');
        expectClose(await only(another({ x })), times(x, 2), 1e-6, 'another function');
        await engine.dispose();
        expect(await rejection(() => another({ x })), 'a function of a disposed engine').to.be.an('error');
      }),
    );

    it('frees what it has kept when it is disposed of', async () => {
      const run = async (): Promise<void> => {
        const engine = await row.create();
        const compiled = engine.compile(double, { name: 'kept', frozen: ['x'] });
        await compiled({ x: noise('frozen', 8) });
        await engine.dispose();
      };
      await expectNoLeak(run);
    });
  });
}

async function expectAgreement(
  engine: Engine,
  { name, fn, inputs }: EngineCase,
  tolerance: number,
): Promise<void> {
  const oracle = await cpuEngine();
  const compiled = engine.compile(fn, { name });
  const expected: Compiled<TensorRecord, TensorRecord> = oracle.compile(fn, { name });
  for (const given of inputs) {
    const [got, wanted] = [await compiled(given), await expected(given)];
    expect(keysOf(got), 'outputs').to.deep.equal(keysOf(wanted));
    const [flatGot, flatWanted] = [await flat(got), await flat(wanted)];
    for (const [path, array] of Object.entries(flatWanted)) {
      expect(flatGot[path]!.dtype, `type of ${path}`).to.equal(array.dtype);
      expectClose(flatGot[path]!, array, tolerance, path);
    }
  }
  await compiled.dispose();
  await oracle.dispose();
}

function isArray(tree: ArrayTree): tree is NdArray {
  return typeof (tree as NdArray).read === 'function';
}

/** The tree with `array` at its leaves, empty branches included. */
function keysOf(tree: ArrayTree): unknown {
  if (isArray(tree)) return 'array';
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, keysOf(child)]));
}

async function flat(tree: ArrayTree, path = 'output'): Promise<Record<string, HostArray>> {
  if (isArray(tree)) return { [path]: await toHost(tree) };
  const branches = await Promise.all(
    Object.entries(tree).map(([key, child]) => flat(child, `${path}.${key}`)),
  );
  return Object.assign({}, ...branches) as Record<string, HostArray>;
}

async function only(outputs: Promise<Concrete<{ y: tf.Tensor }>>): Promise<HostArray> {
  return toHost((await outputs).y);
}

function times(array: HostArray, factor: number): HostArray {
  return floats(
    Array.from(array.data, (value) => value * factor),
    array.shape,
  );
}

async function rejection(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return expect.fail('the call should have failed');
}
