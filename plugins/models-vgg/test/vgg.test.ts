import { buildModel, modelContract, modelOracle, parameterCount } from '@ard/testkit';
import { expect } from 'chai';
import plugin from '../src/index.js';

const cifar = { height: 32, width: 32, channels: 3 };
const build = (options: Record<string, unknown>, shape = cifar, classes = 10) =>
  buildModel(plugin, 'vgg', options, shape, classes);

describe('vgg', () => {
  for (const [depth, entries, parameters] of [
    [11, 58, 9_231_114],
    [13, 72, 9_416_010],
    [16, 93, 14_728_266],
    [19, 114, 20_040_522],
  ] as const) {
    it(`${depth} has the entries and parameters of the published one`, async () => {
      const model = await build({ depth });
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('numbers modules as a PyTorch Sequential does, poolings included', async () => {
    const { variables } = await build({ depth: 16 });
    const convolutions = variables.flatMap(({ name, shape }) =>
      shape.length === 4 ? [name.split('.')[1]] : [],
    );
    expect(convolutions).to.deep.equal(
      [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40].map((module) => `${module}`),
    );
    expect(variables.at(-1)!.name).to.equal('classifier.bias');
  });

  it('offers each depth by name', () => {
    const [component] = plugin.components;
    expect(component!.variants).to.have.all.keys('vgg-11', 'vgg-13', 'vgg-16', 'vgg-19');
    for (const { options } of Object.values(component!.variants!)) component!.options.parse(options);
  });
});

// PyTorch 1.13 in float64 on the same networks
modelOracle({
  name: 'vgg-11, a sixteenth of its width',
  create: () => build({ depth: 11, width: 1 / 16 }, cifar, 3),
  eval: {
    logits: [22679.4, -32727.5, 37381.6, 20314.9, -29315.5, 33484.6],
    gradients: {
      images: [49.5093, 50.4006, 51.2776, 70.322, 69.9776, 69.6134],
      'features.0.weight': [1699.29, -3349.3, 4753.1, 5460.01, 737.161, -2695.32],
      'features.22.weight': [0, 0, 0, 26.886, 22.8058, -1.28184],
    },
  },
  train: {
    logits: [0.538379, -1.5436, 3.21631, 0.162896, -1.07277, 2.72774],
    gradients: {
      images: [0.00983999, 0.0100112, 0.0101795, 0.0152394, 0.0155512, 0.0158586],
      'features.0.weight': [0.0939375, 0.0116759, -0.0907699, -0.0887492, 0.0977825, -0.00866078],
      'features.22.weight': [5.39956e-5, -0.000102549, -0.000132104, -7.526e-6, -9.27402e-5, -0.000263936],
    },
    statistics: {
      'features.26.running_var': [1.83549, 3.45959, 4.74406, 4.33176],
    },
  },
});

modelOracle({
  name: 'vgg-16 on an image that is not square, where two pixels are left to average',
  create: () => build({ depth: 16, width: 1 / 32 }, { height: 32, width: 64, channels: 1 }, 3),
  eval: {
    logits: [67545.1, -91643.6, -104754, 76862.8, -94782.5, -115346],
    gradients: {
      images: [26.7014, 29.5357, -3.13717, -206.063, -558.056, -630.463],
      'features.0.weight': [-71151.5, 10523.9, 96638.1, 20521.1, 106115, 148702],
      'classifier.weight': [6175.34, 0, 9216.44, 28966.4, 66417, 110500],
    },
  },
  train: {
    logits: [-1.09275, -1.79937, 0.0251754, -1.08532, -1.92157, -0.0318662],
    gradients: {
      images: [-0.000887441, -0.00126064, -0.00125662, 0.00146846, 0.00153633, 0.00904052],
      'features.0.weight': [0.695992, -1.55482, -2.97418, -1.99862, -3.18645, -2.83004],
      'classifier.weight': [0.448346, 0.789078, 1.01061, 1.28719, 1.45492, 1.39424],
    },
    statistics: {
      'features.41.running_var': [1.62947, 1.36451, 1.52076, 2.07117],
    },
  },
});

modelContract({
  name: 'vgg-11, narrow, on an image too small for every pooling',
  create: () => build({ depth: 11, width: 1 / 16 }, { height: 9, width: 12, channels: 1 }, 4),
});
