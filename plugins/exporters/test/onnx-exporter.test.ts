import * as tf from '@tensorflow/tfjs-core';
import { hostArray, randomStream, type HostArray, type Model } from '@ard/core';
import { globalAveragePool, layerBuilder, maxPool } from '@ard/nn';
import { expect } from 'chai';
import { InferenceSession } from 'onnxruntime-node';
import { onnxExporter } from '../src/onnx/onnx-exporter.js';
import { onnxExporterOptions, type OnnxExporterOptions } from '../src/onnx/options.js';
import { runOnnx } from '../src/onnx/run-onnx.js';

const shape = { height: 6, width: 5, channels: 3 };
const classes = 4;

function tinyModel(): Model {
  const layers = layerBuilder();
  const convolution = layers.conv2d('conv1', { inputs: 3, outputs: 8, kernel: 3, padding: 1, stride: 2 });
  const norm = layers.batchNorm('bn1', 8);
  const classifier = layers.linear('fc', { inputs: 8, outputs: classes });
  const normalisation = { mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.3] };
  return layers.model({ name: 'tiny', shape, classes, normalisation }, (images, pass) =>
    classifier(globalAveragePool(maxPool(tf.relu(norm(convolution(images, pass), pass)), 2)), pass),
  );
}

const model = tinyModel();
const variables = model.init(randomStream(1));
const count = 5;
const images = hostArray(randomStream(2).uniform(count * 90, 0, 1), [count, 6, 5, 3]);
const labels = hostArray(Int32Array.of(0, 3, 1, 2, 2), [count]);

async function exported(changes: Partial<OnnxExporterOptions> = {}) {
  const options = { ...onnxExporterOptions.parse({}), ...changes };
  const exporter = onnxExporter(options);
  const files = await exporter.files(model, variables, { name: 'net', metadata: { origin: 'test' } });
  return { exporter, files, options };
}

/** With the eager functions of tfjs on its plain backend, which knows nothing of the compiler. */
async function expectedOf(pixels: HostArray) {
  await import('@tensorflow/tfjs');
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const network = {
      parameters: tensors(variables.parameters),
      statistics: tensors(variables.statistics),
    };
    const x = tf.tensor4d(pixels.data as Float32Array, pixels.shape as [number, number, number, number]);
    const y = tf.oneHot(tf.tensor1d(labels.data as Int32Array, 'int32'), classes);
    const logitsOf = (at: tf.Tensor) => model.apply(network, at as tf.Tensor4D, 'eval').logits;
    const lossOf = (at: tf.Tensor) => tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(logitsOf(at))), 1));
    return {
      logits: logitsOf(x).dataSync(),
      loss: lossOf(x).dataSync(),
      gradient: tf
        .grad((at) => tf.sum(lossOf(at)))(x)
        .dataSync(),
      gradientChannelsFirst: tf.transpose(tf.grad((at) => tf.sum(lossOf(at)))(x), [0, 3, 1, 2]).dataSync(),
    };
  });
}

function tensors(arrays: (typeof variables)['parameters']): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [
      name,
      tf.tensor((array as HostArray).data as Float32Array, [...array.shape]),
    ]),
  );
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(found.length).to.equal(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  Array.from(found).forEach((value, index) =>
    expect(value).to.be.closeTo(expected[index]!, 1e-5 * largest, `value ${index}`),
  );
}

describe('exporter onnx', () => {
  for (const changes of [
    {},
    { layout: 'nhwc' },
    { batch: 2 },
    { opset: 16 },
    { opset: 21 },
  ] as Partial<OnnxExporterOptions>[]) {
    it(`computes logits, loss and gradient of the network: ${JSON.stringify(changes)}`, async () => {
      const { exporter, files, options } = await exported({ ...changes, gradient: true });
      expect(files.map(({ path }) => path)).to.deep.equal(['net.onnx', 'net.gradient.onnx']);
      const expected = await expectedOf(images);
      const engine = undefined as never; // ONNX runs by itself
      expectClose(await (await exporter.run(files, { model, images, engine })).read(), expected.logits);
      const outputs = await runOnnx([files[1]!], { images, labels }, options);
      expectClose(outputs.logits!, expected.logits);
      expectClose(outputs.loss!, expected.loss);
      const nchw = options.layout === 'nchw';
      expectClose(outputs.gradient!, nchw ? expected.gradientChannelsFirst : expected.gradient);
    });
  }

  it('takes any number of images, and says what it takes', async () => {
    const { files } = await exported({ gradient: true });
    for (const { bytes } of files) {
      const session = await InferenceSession.create(bytes);
      const [input] = session.inputMetadata;
      expect(input).to.deep.include({ name: 'images', type: 'float32', shape: ['batch', 3, 6, 5] });
      expect(session.outputMetadata[0]).to.deep.include({ name: 'logits', shape: ['batch', classes] });
      await session.release();
    }
  });

  it('holds only standard operators, the names of the state dict and the facts it was given', async () => {
    const { files } = await exported({ gradient: true });
    for (const { bytes } of files) {
      const text = Buffer.from(bytes).toString('latin1');
      expect(text).not.to.include('com.microsoft');
      expect(text).to.include('conv1.weight').and.include('bn1.running_mean').and.include('fc.bias');
      expect(text).to.include('origin').and.include('ard.classes');
    }
  });
});
