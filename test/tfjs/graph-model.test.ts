import * as tf from '@tensorflow/tfjs-core';
import {
  hostArray,
  randomStream,
  type Engine,
  type HostArray,
  type Model,
  type Plugin,
  type Variables,
} from '@ard/core';
import exporters from '@ard/plugin-exporters';
import mobilenet from '@ard/plugin-models-mobilenet';
import preactResnet from '@ard/plugin-models-preact-resnet';
import resnet from '@ard/plugin-models-resnet';
import smallCnn from '@ard/plugin-models-small-cnn';
import vgg from '@ard/plugin-models-vgg';
import wideResnet from '@ard/plugin-models-wide-resnet';
import { expect } from 'chai';
import { makeComponent } from '../support/make-component.js';

const colour = { height: 32, width: 32, channels: 3 };
const grey = { height: 28, width: 28, channels: 1 };
const classes = 10;

const thin = { width: 0.125 };

/** Of every architecture, small. */
const networks: Readonly<Record<string, readonly [Plugin, string, Record<string, unknown>, typeof colour]>> =
  {
    'resnet-8, padded shortcuts, normalised': [
      resnet,
      'resnet',
      { depth: 8, shortcut: 'A', mean: [0.5], std: [0.25] },
      colour,
    ],
    'resnet-8, convolved shortcuts': [resnet, 'resnet', { depth: 8, shortcut: 'B' }, colour],
    'resnet-50': [resnet, 'resnet', { depth: 50, width: 0.0625 }, colour],
    'resnet-plain': [resnet, 'resnet-plain', {}, colour],
    'preact-resnet': [preactResnet, 'preact-resnet', thin, colour],
    'wide-resnet of TRADES': [wideResnet, 'wide-resnet', { depth: 10, widenFactor: 1 }, colour],
    'wide-resnet of DeepMind': [
      wideResnet,
      'wide-resnet',
      { style: 'deepmind', activation: 'swish', depth: 10, widenFactor: 1 },
      colour,
    ],
    'mobilenet-v2': [mobilenet, 'mobilenet-v2', { width: 0.25 }, colour],
    vgg: [vgg, 'vgg', { depth: 11, ...thin }, colour],
    'small-cnn of TRADES': [smallCnn, 'small-cnn', { layout: 'trades-mnist' }, grey],
  };

/** Values that no initialisation has: no zeros, no means of 0 and variances of 1. */
function trained({ parameters, statistics }: Variables): Variables {
  const moved = (arrays: Variables['parameters']) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => {
        const { data, shape } = array as HostArray;
        const by = randomStream(3).derive(name).uniform(data.length, 0.01, 0.2);
        return [
          name,
          hostArray(
            Float32Array.from(data, (value, at) => Number(value) + by[at]!),
            shape,
          ),
        ];
      }),
    );
  return { parameters: moved(parameters), statistics: moved(statistics) };
}

function imagesOf({ shape: { height, width, channels } }: Model, count: number): HostArray {
  const pixels = randomStream(2).uniform(count * height * width * channels, 0, 1);
  return hostArray(pixels, [count, height, width, channels]);
}

/** With the eager functions of tfjs on its plain backend, which knows nothing of graphs. */
async function eagerLogits(model: Model, { parameters, statistics }: Variables, { data, shape }: HostArray) {
  await tf.setBackend('cpu');
  const tensors = (arrays: Variables['parameters']) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name,
        tf.tensor((array as HostArray).data as Float32Array, [...array.shape]),
      ]),
    );
  return tf.tidy(() => {
    const network = { parameters: tensors(parameters), statistics: tensors(statistics) };
    const images = tf.tensor4d(data as Float32Array, shape as [number, number, number, number]);
    return model.apply(network, images, 'eval').logits.dataSync() as Float32Array;
  });
}

const engine = undefined as unknown as Engine; // a graph model runs by itself

describe('tfjs graph models', () => {
  for (const [name, [plugin, id, options, shape]] of Object.entries(networks)) {
    it(`${name}: the logits of the network for one image and for three`, async () => {
      const model = (await makeComponent(plugin, 'model', id, options)).build(shape, classes);
      const variables = trained(model.init(randomStream(1)));
      const exporter = await makeComponent(exporters, 'exporter', 'tfjs');
      const files = await exporter.files(model, variables, { name: 'net', metadata: {} });
      for (const count of [1, 3]) {
        const images = imagesOf(model, count);
        const found = await exporter.run(files, { model, images, engine });
        expect(found.shape).to.deep.equal([count, classes]);
        const expected = await eagerLogits(model, variables, images);
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(largest).to.be.above(0);
        (await found.read()).forEach((value, at) =>
          expect(value).to.be.closeTo(expected[at]!, 1e-5 * largest, `logit ${at}`),
        );
      }
    });
  }

  it('leave images as they lie: no transpose, weights by their PyTorch names, in shards', async () => {
    const model = (await makeComponent(resnet, 'model', 'resnet', { depth: 8 })).build(colour, classes);
    const exporter = await makeComponent(exporters, 'exporter', 'tfjs', { shardBytes: 100_000 });
    const metadata = { origin: 'test' };
    const files = await exporter.files(model, model.init(randomStream(1)), { name: 'net', metadata });
    const [description, ...shards] = files;
    expect(description!.path).to.equal('net-tfjs/model.json');
    expect(shards.length).to.be.above(2);
    const json = JSON.parse(Buffer.from(description!.bytes).toString()) as {
      format: string;
      userDefinedMetadata: object;
      modelTopology: { node: { op: string }[] };
      weightsManifest: { paths: string[]; weights: { name: string }[] }[];
    };
    expect(json.format).to.equal('graph-model');
    expect(json.userDefinedMetadata).to.deep.equal(metadata);
    expect(json.modelTopology.node.map(({ op }) => op)).not.to.include('Transpose');
    const [group] = json.weightsManifest;
    expect(group!.paths.map((path) => `net-tfjs/${path}`)).to.deep.equal(shards.map(({ path }) => path));
    expect(group!.weights.map(({ name }) => name)).to.include.members(['conv1.weight', 'bn1.running_mean']);
  });

  for (const [what, change] of [
    ['CumSum', (logits: tf.Tensor2D) => tf.cumsum(logits, 1)],
    [
      'a size rounded up',
      (logits: tf.Tensor2D) =>
        tf.reshape(tf.maxPool(tf.reshape(logits, [-1, 5, 2, 1]), 2, 2, 0, 'ceil') as tf.Tensor4D, [-1, 3]),
    ],
  ] as const) {
    it(`name what they cannot hold: ${what}`, async () => {
      const model = (await makeComponent(resnet, 'model', 'resnet', { depth: 8 })).build(colour, classes);
      const odd: Model = {
        ...model,
        apply: (network, images, mode) => {
          const { logits, ...rest } = model.apply(network, images, mode);
          return { ...rest, logits: change(logits) as tf.Tensor2D };
        },
      };
      const exporter = await makeComponent(exporters, 'exporter', 'tfjs');
      const files = exporter.files(odd, model.init(randomStream(1)), { name: 'net', metadata: {} });
      const error = await files.then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      expect(error?.message).to.include(what);
    });
  }
});
