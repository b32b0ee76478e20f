import * as tf from '@tensorflow/tfjs-core';
import { isArdError, type HostArray, type Variables } from '@ard/core';
import { expect } from 'chai';
import { importOnnx } from '../src/import-onnx.js';
import { onnxModelOptions } from '../src/options.js';
import { foreignNetwork, temporaryFiles, type Files } from './support.js';

const shape = { height: 8, width: 8, channels: 3 };
const options = onnxModelOptions.parse({});

function tensors({ parameters, statistics }: Variables) {
  const of = (arrays: Variables['parameters']) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name,
        tf.tensor((array as HostArray).data as Float32Array, [...array.shape]),
      ]),
    );
  return { parameters: of(parameters), statistics: of(statistics) };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!isArdError(error)) throw error;
    return error.message;
  }
  throw new Error('nothing was wrong');
}

describe('an imported ONNX network', () => {
  let files: Files;
  before(async () => {
    await import('@tensorflow/tfjs');
    files = temporaryFiles();
  });
  after(() => files.remove());

  it("has PyTorch's logits and input gradient, eager as well, for more images than it was exported for", async () => {
    const { model, variables } = await importOnnx(files.write('net.onnx', foreignNetwork), options, shape, 3);
    await tf.setBackend('cpu');
    const network = tensors(variables);
    // x = (arange(2·3·8·8) · 0.37) mod 1 as [2, 3, 8, 8]
    const values = Float32Array.from(
      { length: 384 },
      (_, index) => Math.fround(index * Math.fround(0.37)) % 1,
    );
    const x = tf.transpose(tf.tensor4d(values, [2, 3, 8, 8]), [0, 2, 3, 1]);
    const logits = (images: tf.Tensor) => model.apply(network, images as tf.Tensor4D, 'eval').logits;
    const rows = (await logits(x).array()) as number[][];
    // the softmax at its end is left out, so differences to the first logit are compared
    const expected = [
      [0, 0.009840607643127441, 0.14917218685150146],
      [0, 0.026302695274353027, 0.1666739583015442],
    ];
    rows.forEach((row, i) =>
      row.forEach((value, j) => expect(value - row[0]!).to.be.closeTo(expected[i]![j]!, 1e-5)),
    );
    const picked = tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3);
    const gradient = tf.grad((images) => tf.neg(tf.sum(tf.mul(picked, tf.logSoftmax(logits(images))))))(x);
    const plain = tf.transpose(gradient as tf.Tensor4D, [0, 3, 1, 2]).dataSync();
    [
      0.005803687497973442, -0.0024966055061668158, 0.0021996942814439535, 0.002190079540014267,
      0.0005561699508689344, -0.0005121561116538942,
    ].forEach((value, index) => expect(plain[index]).to.be.closeTo(value, 1e-6));
    expect(Array.from(plain).reduce((sum, value) => sum + Math.abs(value), 0)).to.be.closeTo(
      1.1758637428283691,
      1e-4,
    );
  });

  it('is no student, and never in train mode', async () => {
    const { model, variables } = await importOnnx(files.write('net.onnx', foreignNetwork), options, shape, 3);
    expect(model.variables.map(({ name }) => name)).to.include('l.weight');
    expect(() => model.apply(tensors(variables), tf.zeros([1, 8, 8, 3]), 'train')).to.throw('not trained');
  });

  it('says in one line what does not fit', async () => {
    const path = files.write('net.onnx', foreignNetwork);
    expect(await messageOf(importOnnx(path, options, shape, 10)))
      .to.include('3 classes')
      .and.include('10');
    const other = { height: 28, width: 28, channels: 1 };
    expect(await messageOf(importOnnx(path, options, other, 3)))
      .to.include('[3, 8, 8]')
      .and.include('[1, 28, 28]');
    // the field of the operator's name, not the names of values made of it
    const renamed = Buffer.from(
      foreignNetwork.toString('latin1').replace('"\x07MaxPool', '"\x07MinPool'),
      'latin1',
    );
    expect(await messageOf(importOnnx(files.write('unknown.onnx', renamed), options, shape, 3))).to.include(
      'MinPool',
    );
  });
});
