import type { Engine } from '@ard/core';
import { eagerEngine, loadTfjs } from '@ard/eager';
import * as tf from '@tensorflow/tfjs-core';

/** The two functions of a test runner that a suite needs; mocha's, vitest's or jest's will do. */
export interface Runner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
}

/** What the rows of all contracts have in common. */
export interface ContractRow {
  /** What the report calls the component: `pgd, trades`. */
  readonly name: string;
  /** Where suites run tensors; tfjs's cpu backend unless told otherwise. A factory's engine is disposed of. */
  readonly engine?: Engine | (() => Engine | Promise<Engine>);
  /** Defaults to the global `describe` and `it`. */
  readonly runner?: Runner;
}

/** Declares one suite. */
export function suite(row: ContractRow, contract: string, body: (it: Runner['it']) => void): void {
  const runner = row.runner ?? (globalThis as unknown as Runner);
  if (typeof runner.describe !== 'function' || typeof runner.it !== 'function') {
    throw new Error(
      `${contract}: no global describe and it; pass your runner's as \`runner: { describe, it }\``,
    );
  }
  runner.describe(`${row.name} keeps the ${contract} contract`, () =>
    body((title, test) => runner.it(title, test)),
  );
}

/** Runs a test on the engine of the row. */
export async function withEngine<Result>(
  { engine }: Pick<ContractRow, 'engine'>,
  body: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  if (typeof engine === 'object') return body(engine);
  const own = await (engine ?? cpuEngine)();
  try {
    return await body(own);
  } finally {
    await own.dispose();
  }
}

/** The oracle: complete, exact, slow. */
export async function cpuEngine(): Promise<Engine> {
  await loadTfjs();
  if (!tf.findBackend('cpu')) await tf.setBackend('cpu');
  // or tfjs prints an advertisement for another package
  Object.assign(tf.findBackend('cpu'), { firstUse: false });
  return eagerEngine({ id: 'tfjs', backend: 'cpu', description: 'tfjs, cpu backend, eager' });
}

/** Asserts that a second run leaves no tensor behind; the first one may fill caches. */
export async function expectNoLeak(run: () => Promise<unknown>): Promise<void> {
  await run();
  const before = tf.memory().numTensors;
  await run();
  const leaked = tf.memory().numTensors - before;
  if (leaked !== 0) throw new Error(`${leaked} tensors are left behind; dispose of what tf.keep has kept`);
}
