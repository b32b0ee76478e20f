import { randomStream } from '@ard/core';
import { buildModel, modelContract, modelOracle, parameterCount } from '@ard/testkit';
import { expect } from 'chai';
import plugin from '../src/index.js';

const cifar = { height: 32, width: 32, channels: 3 };
const build = (options: Record<string, unknown>, shape = cifar, classes = 10) =>
  buildModel(plugin, 'mobilenet-v2', options, shape, classes);

describe('mobilenet-v2', () => {
  for (const [classes, parameters] of [
    [10, 2_296_922],
    [100, 2_412_212],
  ] as const) {
    it(`has the entries and parameters of the published one, ${classes} classes`, async () => {
      const model = await build({}, cifar, classes);
      expect(model.variables.length).to.equal(344);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('names variables as the state dict does; strided blocks and equal widths have no shortcut', async () => {
    const { variables } = await build({});
    const weights = variables.filter(({ name }) => name.startsWith('layers.1.') && name.endsWith('weight'));
    expect(weights.map(({ name, shape }) => `${name} ${shape.join('x')}`)).to.deep.equal([
      'layers.1.conv1.weight 96x16x1x1',
      'layers.1.bn1.weight 96',
      'layers.1.conv2.weight 96x1x3x3',
      'layers.1.bn2.weight 96',
      'layers.1.conv3.weight 24x96x1x1',
      'layers.1.bn3.weight 24',
      'layers.1.shortcut.0.weight 24x16x1x1',
      'layers.1.shortcut.1.weight 24',
    ]);
    const projecting = variables.flatMap(({ name }) => /^layers\.(\d+)\.shortcut\.0/.exec(name)?.[1] ?? []);
    expect(projecting).to.deep.equal(['0', '1', '10', '16']);
  });

  it('starts depthwise filters as PyTorch does: uniform in a third', async () => {
    const weight = await (await build({})).init(randomStream(0)).parameters['layers.16.conv2.weight']!.read();
    expect(Math.max(...(weight as Float32Array))).to.be.within(0.33, 1 / 3);
  });
});

// PyTorch 1.13 in float64 on the same network
modelOracle({
  name: 'mobilenet-v2, half its width',
  create: () => build({ width: 1 / 2 }, { height: 16, width: 16, channels: 3 }, 3),
  eval: {
    logits: [30.5538, 76.8553, -79.9699, 30.5798, 76.9179, -80.0356],
    gradients: {
      images: [-0.000279441, -0.000285749, -0.000291977, -0.000456931, -0.000458695, -0.000460329],
      'conv1.weight': [-0.00148619, 0.00526135, 0.00871754, 0.00213846, 0.00730371, -0.00483881],
      'layers.1.conv2.weight': [0.000486177, 0.000507674, 0.000575145, 0.00117029, 0.0014504, 0.00133826],
      'layers.14.conv2.weight': [-0.218387, -0.417504, -0.198391, -0.231741, -0.427932, -0.197173],
    },
  },
  train: {
    tolerance: 5e-3,
    logits: [-6.52017, 21.2229, -7.57407, -5.35317, 23.678, -10.2999],
    gradients: {
      images: [-0.914404, -0.923825, -0.932984, -1.28166, -1.28126, -1.28051],
      'conv1.weight': [56.9107, -107.87, 50.0517, -91.5369, 69.6374, 49.0801],
      'layers.1.conv2.weight': [0.223378, -0.503302, -0.0474489, -0.482148, 0.199597, -0.144283],
      'layers.14.conv2.weight': [0, -0.227086, 0.323764, -0.28536, -0.0612471, 0.43227],
    },
    statistics: {
      'layers.16.bn2.running_var': [1.17234, 1.11636, 0.96638, 1.06309],
    },
  },
});

modelContract({
  name: 'mobilenet-v2, narrow',
  create: () => build({ width: 1 / 8 }, { height: 8, width: 8, channels: 3 }, 4),
});
