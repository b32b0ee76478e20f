import * as tf from '@tensorflow/tfjs-core';
import { randomStream, type Model, type TensorVariables } from '@ard/core';
import { expect } from 'chai';
import { globalAveragePool, layerBuilder, zeros } from '../src/index.js';
import './support/tfjs.js';

function tinyModel(): Model {
  const layers = layerBuilder();
  const convolution = layers.conv2d('conv1', {
    inputs: 1,
    outputs: 4,
    kernel: 3,
    padding: 1,
    withBias: true,
  });
  const norm = layers.batchNorm('bn1', 4);
  const classifier = layers.linear('fc', { inputs: 4, outputs: 3, weight: zeros, bias: zeros });
  return layers.model(
    { name: 'tiny', shape: { height: 4, width: 4, channels: 1 }, classes: 3 },
    (images, pass) => classifier(globalAveragePool(norm(norm(convolution(images, pass), pass), pass)), pass),
  );
}

function tensors(model: Model): TensorVariables {
  const { parameters, statistics } = model.init(randomStream(3));
  const convert = (arrays: typeof parameters) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name,
        tf.tensor((array as unknown as { data: Float32Array }).data, [...array.shape]),
      ]),
    );
  return { parameters: convert(parameters), statistics: convert(statistics) };
}

describe('layerBuilder', () => {
  it('lists variables as in a PyTorch state dict', () => {
    expect(
      tinyModel().variables.map(({ name, kind, storage }) => `${name} ${kind} ${storage}`),
    ).to.deep.equal([
      'conv1.weight parameter float32',
      'conv1.bias parameter float32',
      'bn1.weight parameter float32',
      'bn1.bias parameter float32',
      'bn1.running_mean statistic float32',
      'bn1.running_var statistic float32',
      'bn1.num_batches_tracked statistic int64',
      'fc.weight parameter float32',
      'fc.bias parameter float32',
    ]);
  });

  it('initialises each variable from its own name and its own rule', async () => {
    const variables = tinyModel().init(randomStream(3));
    const again = tinyModel().init(randomStream(3));
    const weight = await variables.parameters['conv1.weight']!.read();
    expect(await again.parameters['conv1.weight']!.read()).to.deep.equal(weight);
    expect(await tinyModel().init(randomStream(4)).parameters['conv1.weight']!.read()).not.to.deep.equal(
      weight,
    );
    expect((await variables.parameters['fc.weight']!.read()).every((value) => value === 0)).to.equal(true);
    expect((await variables.parameters['bn1.weight']!.read()).every((value) => value === 1)).to.equal(true);
  });

  it('updates the statistics of a layer each time the layer is used, in train mode only', () => {
    const model = tinyModel();
    const variables = tensors(model);
    const images = tf.ones<tf.Rank.R4>([2, 4, 4, 1]);
    const batches = (mode: 'train' | 'eval') =>
      model.apply(variables, images, mode).statistics['bn1.num_batches_tracked']!.dataSync()[0];
    expect(batches('train')).to.equal(2);
    expect(batches('eval')).to.equal(0);
    expect(
      variables.statistics['bn1.num_batches_tracked']!.dataSync()[0],
      'the input is not touched',
    ).to.equal(0);
  });

  it('gives a grouped convolution the shape of PyTorch, and counts the inputs of one group', async () => {
    const layers = layerBuilder();
    layers.conv2d('conv2', { inputs: 8, outputs: 16, kernel: 5, groups: 4 });
    const shape = { height: 1, width: 1, channels: 8 };
    const model = layers.model({ name: 'grouped', shape, classes: 8 }, globalAveragePool);
    expect(model.variables[0]!.shape).to.deep.equal([16, 2, 5, 5]);
    const weight = (await model.init(randomStream(0)).parameters['conv2.weight']!.read()) as Float32Array;
    const bound = 1 / Math.sqrt(2 * 5 * 5);
    expect(Math.max(...weight)).to.be.within(0.98 * bound, bound);
  });

  it('normalises images as the model says it does', () => {
    const layers = layerBuilder();
    const normalisation = { mean: [0.5], std: [0.25] };
    const description = {
      name: 'mean',
      shape: { height: 1, width: 1, channels: 1 },
      classes: 1,
      normalisation,
    };
    const model = layers.model(description, (images) => globalAveragePool(images));
    expect(model.normalisation).to.equal(normalisation);
    const { logits } = model.apply({ parameters: {}, statistics: {} }, tf.ones([1, 1, 1, 1]), 'eval');
    expect(logits.dataSync()[0]).to.equal(2);
  });

  it('refuses two layers of one name, and variables it was not given', () => {
    const layers = layerBuilder();
    layers.batchNorm('bn1', 4);
    expect(() => layers.batchNorm('bn1', 4)).to.throw('bn1.weight is declared twice');
    expect(() =>
      tinyModel().apply({ parameters: {}, statistics: {} }, tf.ones([1, 4, 4, 1]), 'eval'),
    ).to.throw('conv1.weight was not given');
  });
});
