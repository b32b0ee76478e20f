import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  hostArray,
  randomStream,
  type Engine,
  type HostArray,
  type Model,
  type TensorRecord,
  type TensorVariables,
} from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import {
  graphNodes,
  mapTree,
  optimise,
  passNames,
  trace,
  type Graph,
  type InputSpec,
  type Tree,
} from '@ard/compiler';
import { crossEntropy } from '@ard/nn';
import onnxPlugin from '@ard/plugin-engine-onnx';
import resnetPlugin from '@ard/plugin-models-resnet';
import { buildModel } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

/**
 * What a step costs besides time: nodes of its graph, with every pass and without each; transposes of activations;
 * sessions; bytes in and out. The numbers stand in one file beside this one's source.
 */
const record = fileURLToPath(new URL('../../engines/regressions.json', import.meta.url));
const batch = 6;
const classes = 10;
const shape = { height: 32, width: 32, channels: 3 };

type Given = {
  readonly network: TensorVariables;
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
};
type Step = (inputs: Given) => TensorRecord;
type Instrumented = Engine & { sessionsAlive(): number; bytesExchanged(): number };

const model = await buildModel(resnetPlugin, 'resnet', { depth: 20 }, shape, classes);

function loss(given: Given, network: Model, mode: 'train' | 'eval') {
  const { logits, statistics } = network.apply(given.network, given.images, mode);
  return {
    value: crossEntropy(logits, tf.oneHot(given.labels, classes) as tf.Tensor2D),
    auxiliary: statistics,
  };
}

const steps: Readonly<Record<string, Step>> = {
  'attack gradient': (given) => {
    const pass = valueAndGradients(() => loss(given, model, 'eval'), { images: given.images });
    return { gradient: pass.gradients.images! };
  },
  'training step': (given) => {
    const { parameters } = given.network;
    const pass = valueAndGradients(() => {
      const { value, auxiliary } = loss(given, model, 'train');
      return { value: tf.mean(value), auxiliary };
    }, parameters);
    const updated = Object.entries(parameters).map(([name, value]) => [
      name,
      tf.sub(value, tf.mul(0.1, pass.gradients[name]!)),
    ]);
    return {
      parameters: Object.fromEntries(updated) as Record<string, tf.Tensor>,
      statistics: pass.auxiliary,
    };
  },
};

function arrays() {
  const { parameters, statistics } = model.init(randomStream(1));
  const pixels = randomStream(2).uniform(batch * 32 * 32 * 3);
  return {
    network: { parameters, statistics },
    images: hostArray(pixels, [batch, 32, 32, 3]),
    labels: hostArray(new Int32Array(batch), [batch]),
  };
}

function traced(name: string): Graph {
  const isArray = (node: unknown): node is HostArray =>
    typeof (node as Partial<HostArray>).read === 'function';
  const specs = mapTree(arrays() as unknown as Tree<HostArray>, isArray, ({ shape, dtype }): InputSpec => ({
    shape,
    dtype,
  }));
  return trace(steps[name] as unknown as Parameters<typeof trace>[0], specs, { name }).graph;
}

function nodeCounts(name: string, block: number): Readonly<Record<string, number>> {
  const graph = traced(name);
  const count = (given: Graph): number => graphNodes(given).length;
  return Object.fromEntries([
    ['all passes', count(optimise(graph, { block }))],
    ...passNames.map((pass) => [`without ${pass}`, count(optimise(graph, { block }, { [pass]: false }))]),
  ]) as Record<string, number>;
}

/** Of whole activations, other than the image and its gradient. */
function innerTransposes(name: string, block: number, layout = true): number {
  return graphNodes(optimise(traced(name), { block }, { layout })).filter(
    ({ op, outputs: [output] }) =>
      op === 'Transpose' &&
      output!.shape.length === 4 &&
      output!.shape[0] === batch &&
      !output!.shape.includes(3),
  ).length;
}

/** Of the second call: the first one opens sessions, and prepares what is frozen. */
async function exchanged(name: string): Promise<{ sessions: number; bytes: number }> {
  const component = onnxPlugin.components[0]!;
  // the same on every machine: without blocks
  const options = component.options.parse({ blocked: false, threads: 1 });
  const engine = (await component.create(options)) as Instrumented;
  const frozen = name === 'attack gradient' ? ['network'] : [];
  const compiled = engine.compile(steps[name] as unknown as (inputs: TensorRecord) => TensorRecord, {
    name,
    frozen,
  });
  const given = arrays() as never;
  await compiled(given);
  const before = engine.bytesExchanged();
  await compiled(given);
  const result = { sessions: engine.sessionsAlive(), bytes: engine.bytesExchanged() - before };
  await engine.dispose();
  return result;
}

async function measured(): Promise<object> {
  const rows = Object.keys(steps).map(async (name) => [
    name,
    {
      'nodes, plain': nodeCounts(name, 0),
      'nodes, blocks of 16': nodeCounts(name, 16),
      'per step, plain': await exchanged(name),
    },
  ]);
  return Object.fromEntries((await Promise.all(rows)) as [string, object][]) as object;
}

describe('what a ResNet-20 step costs besides time', () => {
  it('is what stands on record (ARD_RECORD_COUNTS=1 records it anew)', async () => {
    const found = await measured();
    if (process.env.ARD_RECORD_COUNTS) writeFileSync(record, `${JSON.stringify(found, undefined, 2)}\n`);
    expect(found).to.deep.equal(JSON.parse(readFileSync(record, 'utf8')));
  });

  for (const name of Object.keys(steps)) {
    for (const block of [0, 16]) {
      it(`${name}: no transposes inside the network, ${block === 0 ? 'plain' : 'in blocks'}`, () => {
        expect(innerTransposes(name, block)).to.equal(0);
        expect(innerTransposes(name, block, false), 'without the pass that takes them out').to.be.above(10);
      });
    }
  }

  it('an attack keeps two sessions at most, and exchanges no more than images and prepared weights', async () => {
    const component = onnxPlugin.components[0]!;
    const engine = (await component.create(component.options.parse({ threads: 1 }))) as Instrumented;
    const step = steps['attack gradient'] as unknown as (inputs: TensorRecord) => TensorRecord;
    const compiled = engine.compile(step, { name: 'attack', frozen: ['network'] });
    const given = arrays();
    await compiled(given as never);
    const before = engine.bytesExchanged();
    for (let index = 0; index < 3; index++) await compiled(given as never);
    expect(engine.sessionsAlive()).to.be.at.most(2);
    const weights = Object.values(given.network.parameters as Record<string, HostArray>).reduce(
      (sum, { data }) => sum + data.byteLength,
      0,
    );
    const images = given.images.data.byteLength + given.labels.data.byteLength;
    // forward and turned weights, with room for blocks that are filled up
    expect((engine.bytesExchanged() - before) / 3).to.be.at.most(2 * images + 2.5 * weights);
    await engine.dispose();
  });
});
