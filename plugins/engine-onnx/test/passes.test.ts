import { expect } from 'chai';
import fc from 'fast-check';
import * as runtime from 'onnxruntime-node';
import {
  graphNodes,
  optimise,
  outputName,
  passNames,
  toOnnx,
  type Graph,
  type PassName,
} from '@ard/compiler';
import type { HostArray } from '@ard/core';
import { blockSize } from '../src/block-size.js';
import { onnxEngineOptions } from '../src/options.js';
import { everyLayer, networks, randomInputs, traceNetwork } from './support/random-network.js';

/** Every pass may do something. */
const lacking = {
  trainingBatchNorm: true,
  fusedMatrixProducts: false,
  channelMultipliers: false,
  maxPoolIndices: false,
};
const block = await blockSize(runtime, onnxEngineOptions.parse({}));
const runs = 12;

const blockedPasses: readonly PassName[] = [
  'blockedLayout',
  'moveOnce',
  'fuseBlockedConvolutions',
  'winograd',
];

/** So that networks as small as these have something to do for it. */
const winograd = {
  isFrozen: (name: string): boolean => name !== 'x',
  winogradBounds: { channels: 16, pixels: 0 },
};

function withPasses(graph: Graph, on: readonly PassName[]): Graph {
  const switches = Object.fromEntries(passNames.map((name) => [name, on.includes(name)]));
  // reordering is for ONNX Runtime's blocked operators only, and what providers lack is not combined with it
  const blocked = on.some((name) => blockedPasses.includes(name));
  return optimise(graph, { ...lacking, ...winograd, block: blocked ? block : 0 }, switches);
}

async function valuesOf(
  graph: Graph,
  inputs: ReadonlyMap<string, HostArray>,
): Promise<Map<string, Float32Array>> {
  const { bytes, inputs: wanted, outputs } = toOnnx(graph);
  const session = await runtime.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = wanted.map((name) => {
    const { data, shape } = inputs.get(name)!;
    return [name, new runtime.Tensor('float32', data as Float32Array, shape)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return new Map(outputs.map((name) => [name, results[outputName(name)]!.data as Float32Array]));
}

async function expectSameValues(before: Graph, after: Graph): Promise<void> {
  expect(after.outputs.map(({ name, value }) => [name, value.shape, value.type])).to.deep.equal(
    before.outputs.map(({ name, value }) => [name, value.shape, value.type]),
  );
  const inputs = randomInputs(5);
  const [want, got] = [await valuesOf(before, inputs), await valuesOf(after, inputs)];
  for (const [name, values] of want) {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    values.forEach((value, index) => {
      const other = got.get(name)![index]!;
      if (!(Math.abs(other - value) <= 1e-4 * scale)) {
        expect.fail(`${name}[${index}] is ${other}, not ${value}`);
      }
    });
  }
}

function fingerprint(graph: Graph): string {
  return graphNodes(graph)
    .map(({ op, domain, attributes, inputs }) => domain + op + JSON.stringify(attributes) + inputs.length)
    .join();
}

describe('every pass of the compiler', () => {
  for (const pass of passNames) {
    const needsBlocks = blockedPasses.includes(pass);
    const before = passNames
      .slice(0, passNames.indexOf(pass))
      .filter((name) => needsBlocks || !blockedPasses.includes(name));
    describe(pass, () => {
      if (needsBlocks && block === 0) {
        it.skip('keeps all values (this machine has no blocked convolutions)');
        return;
      }

      it('does something in its place', () => {
        const graph = traceNetwork(everyLayer);
        expect(fingerprint(withPasses(graph, [...before, pass]))).not.to.equal(
          fingerprint(withPasses(graph, before)),
        );
      });

      for (const [situation, others] of [
        ['alone', []],
        ['after those before it', before],
      ] as const) {
        it(`keeps all values, ${situation}: every layer, and random networks`, async () => {
          const check = async (names: Parameters<typeof traceNetwork>[0]): Promise<void> => {
            const graph = traceNetwork(names);
            await expectSameValues(withPasses(graph, others), withPasses(graph, [...others, pass]));
          };
          await check(everyLayer);
          await fc.assert(fc.asyncProperty(networks, check), { numRuns: runs, seed: 1 });
        });
      }
    });
  }

  it('and all of them together keep all values', async () => {
    await fc.assert(
      fc.asyncProperty(networks, async (names) => {
        const graph = traceNetwork(names);
        await expectSameValues(withPasses(graph, []), optimise(graph, { ...winograd, block }));
        await expectSameValues(withPasses(graph, []), optimise(graph, lacking));
      }),
      { numRuns: runs, seed: 2 },
    );
  });
});
