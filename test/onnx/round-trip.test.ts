import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import {
  hostArray,
  randomStream,
  type Architecture,
  type Engine,
  type Model,
  type TensorVariables,
  type Variables,
} from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import exporters from '@ard/plugin-exporters';
import engineOnnx from '@ard/plugin-engine-onnx';
import mobilenet from '@ard/plugin-models-mobilenet';
import onnx from '@ard/plugin-models-onnx';
import preactResnet from '@ard/plugin-models-preact-resnet';
import resnet from '@ard/plugin-models-resnet';
import smallCnn from '@ard/plugin-models-small-cnn';
import vgg from '@ard/plugin-models-vgg';
import wideResnet from '@ard/plugin-models-wide-resnet';
import { expect } from 'chai';
import { makeComponent } from '../support/make-component.js';

const shape = { height: 32, width: 32, channels: 3 };
const classes = 10;

/** Of every architecture, small. */
const networks: Readonly<Record<string, () => Promise<Architecture>>> = {
  'resnet-8': () => makeComponent(resnet, 'model', 'resnet', { depth: 8, mean: [0.5], std: [0.25] }),
  'resnet-18': () => makeComponent(resnet, 'model', 'resnet', { depth: 18, width: 0.125 }),
  'resnet-50': () => makeComponent(resnet, 'model', 'resnet', { depth: 50, width: 0.125 }),
  'resnet-plain': () => makeComponent(resnet, 'model', 'resnet-plain'),
  'preact-resnet': () => makeComponent(preactResnet, 'model', 'preact-resnet', { width: 0.125 }),
  'wide-resnet of TRADES': () =>
    makeComponent(wideResnet, 'model', 'wide-resnet', { depth: 10, widenFactor: 1 }),
  'wide-resnet of DeepMind': () =>
    makeComponent(wideResnet, 'model', 'wide-resnet', {
      style: 'deepmind',
      activation: 'swish',
      depth: 10,
      widenFactor: 1,
    }),
  'mobilenet-v2': () => makeComponent(mobilenet, 'model', 'mobilenet-v2', { width: 0.25 }),
  vgg: () => makeComponent(vgg, 'model', 'vgg', { depth: 11, width: 0.125 }),
  'small-cnn': () => makeComponent(smallCnn, 'model', 'small-cnn'),
};

describe('ONNX out and in again', () => {
  let engine: Engine;
  let folder: string;
  before(async () => {
    engine = await makeComponent(engineOnnx, 'engine', 'onnx');
    folder = mkdtempSync(join(tmpdir(), 'ard-round-trip-'));
  });
  after(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  });

  for (const [name, build] of Object.entries(networks)) {
    it(`${name}: the same logits and input gradient`, async () => {
      const model = (await build()).build(shape, classes);
      const variables = model.init(randomStream(1));
      const exporter = await makeComponent(exporters, 'exporter', 'onnx');
      const [file] = await exporter.files(model, variables, { name: 'net', metadata: {} });
      const path = join(folder, 'net.onnx');
      writeFileSync(path, file!.bytes);
      const importer = await makeComponent(onnx, 'model', 'onnx');
      const again = await importer.load!(path, shape, classes);
      const [first, second] = [
        await results(engine, model, variables),
        await results(engine, again.model, again.variables),
      ];
      expectClose(second.logits, first.logits, 1e-4);
      expectClose(second.gradient, first.gradient, 1e-3);
    });
  }
});

async function results(engine: Engine, model: Model, variables: Variables) {
  const images = hostArray(randomStream(2).uniform(2 * 3072, 0, 1), [2, 32, 32, 3]);
  const fn = engine.compile(
    (inputs: { network: TensorVariables; images: tf.Tensor4D }) => {
      const { value, gradients } = valueAndGradients(
        () => ({ value: model.apply(inputs.network, inputs.images, 'eval').logits, auxiliary: {} }),
        { images: inputs.images },
      );
      return { logits: value as tf.Tensor, gradient: gradients.images as tf.Tensor };
    },
    { name: 'round-trip' },
  );
  const { logits, gradient } = await fn({ network: { ...variables }, images });
  const values = { logits: await logits.read(), gradient: await gradient.read() };
  await fn.dispose();
  return values;
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, share: number) {
  expect(found.length).to.equal(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = Array.from(expected).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - found[i]!)),
    0,
  );
  expect(difference).to.be.at.most(share * largest);
}
