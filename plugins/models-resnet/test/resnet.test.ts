import { hostArray, randomStream, type ImageShape } from '@ard/core';
import { expect } from 'chai';
import plugin from '../src/index.js';
import { buildModel, modelOracle, parameterCount, waveImages, waveLogits } from '@ard/testkit';

const cifar = { height: 32, width: 32, channels: 3 };

describe('resnet', () => {
  const counts: readonly [
    options: Record<string, unknown>,
    classes: number,
    entries: number,
    parameters: number,
  ][] = [
    [{ depth: 18 }, 10, 122, 11_173_962],
    [{ depth: 18 }, 100, 122, 11_220_132],
    [{ depth: 18 }, 200, 122, 11_271_432],
    [{ depth: 34 }, 10, 218, 21_282_122],
    [{ depth: 50 }, 10, 320, 23_520_842],
    [{ depth: 50 }, 100, 320, 23_705_252],
    [{ depth: 20 }, 10, 116, 269_722],
    [{ depth: 56 }, 10, 332, 853_018],
    [{ depth: 56, shortcut: 'B' }, 10, 344, 855_770],
  ];
  for (const [options, classes, entries, parameters] of counts) {
    it(`${JSON.stringify(options)} has the entries and parameters of the published one, ${classes} classes`, async () => {
      const model = await buildModel(plugin, 'resnet', options, cifar, classes);
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('names the bottleneck blocks of ResNet-50 as the state dict does; the first one projects', async () => {
    const { variables } = await buildModel(plugin, 'resnet', { depth: 50 }, cifar, 10);
    const weights = variables.filter(({ name }) => name.startsWith('layer1.0') && name.endsWith('weight'));
    expect(weights.map(({ name, shape }) => `${name} ${shape.join('x')}`)).to.deep.equal([
      'layer1.0.conv1.weight 64x64x1x1',
      'layer1.0.bn1.weight 64',
      'layer1.0.conv2.weight 64x64x3x3',
      'layer1.0.bn2.weight 64',
      'layer1.0.conv3.weight 256x64x1x1',
      'layer1.0.bn3.weight 256',
      'layer1.0.shortcut.0.weight 256x64x1x1',
      'layer1.0.shortcut.1.weight 256',
    ]);
  });

  it('names variables as the state dicts do, block by block', async () => {
    const { variables } = await buildModel(plugin, 'resnet', { depth: 18 }, cifar, 10);
    const names = variables
      .map(({ name }) => name)
      .filter((name) => name.startsWith('layer2.0') && /weight$/.test(name));
    expect(names).to.deep.equal([
      'layer2.0.conv1.weight',
      'layer2.0.bn1.weight',
      'layer2.0.conv2.weight',
      'layer2.0.bn2.weight',
      'layer2.0.shortcut.0.weight',
      'layer2.0.shortcut.1.weight',
    ]);
    expect(variables.at(-1)!.name).to.equal('linear.bias');
    const projecting = await buildModel(plugin, 'resnet', { depth: 20, shortcut: 'B' }, cifar, 10);
    expect(projecting.variables.map(({ name }) => name)).to.include.members([
      'layer3.0.downsample.1.bias',
      'fc.bias',
    ]);
  });

  for (const [size, channels] of [
    [28, 1],
    [32, 3],
    [64, 3],
  ] as const) {
    it(`takes ${size}x${size} images with ${channels} channels`, async () => {
      const shape = { height: size, width: size, channels };
      const model = await buildModel(plugin, 'resnet', { depth: 18, width: 1 / 32 }, shape, 7);
      expect((await waveLogits(model, 'eval')).shape).to.deep.equal([2, 7]);
    });
  }

  it('normalises inside the model', async () => {
    const shape = { height: 4, width: 4, channels: 3 };
    const [mean, std] = [[0.4, 0.5, 0.6], [0.2]] as const;
    const plain = await buildModel(plugin, 'resnet', { depth: 8, width: 0.25 }, shape, 3);
    const normalising = await buildModel(plugin, 'resnet', { depth: 8, width: 0.25, mean, std }, shape, 3);
    const images = waveImages(2, shape);
    const normalised = hostArray(
      Float32Array.from(images.data, (value, index) => (value - mean[index % 3]!) / std[0]!),
      images.shape,
    );
    const expected = await waveLogits(plain, 'eval', normalised);
    const scale = Math.max(...Array.from(expected.data, Math.abs));
    const { data } = await waveLogits(normalising, 'eval', images);
    expected.data.forEach((value, index) => expect(data[index]).to.be.closeTo(value, 1e-4 * scale));
  });

  it('initialises as its authors did: PyTorch defaults for 18, Kaiming-normal for 6n + 2', async () => {
    const deviation = async (depth: number, name: string) => {
      const model = await buildModel(plugin, 'resnet', { depth }, cifar, 10);
      const values = (await model.init(randomStream(0)).parameters[name]!.read()) as Float32Array;
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    expect(await deviation(18, 'layer1.0.conv1.weight')).to.be.closeTo(1 / Math.sqrt(576 * 3), 5e-4);
    expect(await deviation(20, 'layer3.1.conv1.weight')).to.be.closeTo(Math.sqrt(2 / 576), 1e-3);
    expect(await deviation(20, 'linear.weight')).to.be.closeTo(Math.sqrt(2 / 64), 2e-2);
  });

  it('offers each depth by name, and refuses others', () => {
    const resnet = plugin.components.find(({ id }) => id === 'resnet')!;
    expect(Object.keys(resnet.variants!)).to.include.members([
      'resnet-8',
      'resnet-18',
      'resnet-20',
      'resnet-50',
      'resnet-56',
    ]);
    for (const { options } of Object.values(resnet.variants!)) resnet.options.parse(options);
    expect(resnet.options.safeParse({ depth: 21 }).success).to.equal(false);
  });
});

// PyTorch 1.13 in float64 on the same networks
const oracles: readonly {
  readonly name: string;
  readonly options: Record<string, unknown>;
  readonly shape: ImageShape;
  readonly eval: readonly number[];
  readonly train: readonly number[];
  readonly statistics: Record<string, readonly number[]>;
}[] = [
  {
    name: 'resnet-18, a sixteenth of its width',
    options: { depth: 18, width: 1 / 16 },
    shape: { height: 16, width: 16, channels: 3 },
    eval: [118095000, -137628000, 134474000, 93507400, -109070000, 106653000],
    train: [-1.04823, 0.61652, 0.656332, -1.01856, 0.762007, 0.359673],
    statistics: { 'layer4.1.bn2.running_var': [5.06035, 2.9217, 1.73812, 2.98674, 5.11625, 5.94115] },
  },
  {
    name: 'resnet-8 with zero-padded shortcuts, on an image of odd height',
    options: { depth: 8, width: 0.25 },
    shape: { height: 7, width: 8, channels: 1 },
    eval: [-0.124394, -0.92598, -0.345467, -0.224523, -0.836936, -0.209185],
    train: [-0.284249, -0.656032, -0.0760104, -0.329109, -0.716444, -0.0556785],
    statistics: { 'layer3.0.bn2.running_var': [4.91298, 4.06578, 3.25213, 2.47141] },
  },
  {
    name: 'resnet-8 with projecting shortcuts',
    options: { depth: 8, width: 0.25, shortcut: 'B' },
    shape: { height: 7, width: 8, channels: 1 },
    eval: [-0.216132, -1.61896, -0.694145, -0.29661, -1.34721, -0.503334],
    train: [-1.20702, -1.53914, 0.329159, -1.00686, -1.17819, 0.275546],
    statistics: { 'layer3.0.downsample.1.running_var': [1.17028, 1.08153, 0.905412, 1.07267] },
  },
];
for (const { name, options, shape, eval: inEval, train, statistics } of oracles) {
  modelOracle({
    name,
    create: () => buildModel(plugin, 'resnet', options, shape, 3),
    eval: { logits: inEval, gradients: {} },
    train: { logits: train, gradients: {}, statistics },
  });
}

// PyTorch 1.13 in float64 on the same network
modelOracle({
  name: 'resnet-50, a sixteenth of its width',
  create: () =>
    buildModel(plugin, 'resnet', { depth: 50, width: 1 / 16 }, { height: 16, width: 16, channels: 3 }, 3),
  eval: {
    logits: [-1320.98, 40993.4, -3972.79, -1100.6, 47379.4, -5017.79],
    gradients: {
      images: [46.8573, 47.7534, 48.636, 70.4273, 70.6002, 70.7532],
      'conv1.weight': [442.666, 766.06, 1448.49, 269.949, 1598.79, 1119.19],
      'layer2.2.conv2.weight': [2503.49, 2923.84, 4248.15, 6590.02, 6580.54, 9018.29],
      'layer4.2.conv3.weight': [-1050.22, -1965.36, -3049.79, -3187.48, -3001.42, -1995.77],
    },
  },
  train: {
    tolerance: 5e-3,
    logits: [-11.0184, 3.42008, 10.2403, -11.6887, 4.16625, 10.8142],
    gradients: {
      images: [-16.6475, -16.8869, -17.1216, -23.4219, -23.4389, -23.4493],
      'conv1.weight': [-622.35, 992.847, -236.445, 840.227, -404.084, -649.906],
      'layer2.2.conv2.weight': [62.1201, 42.1284, 50.5648, -18.8432, 27.6439, 20.7891],
      'layer4.2.conv3.weight': [0.045053, 0.0821823, 0.128202, 0.067719, 0.0596897, 0.046422],
    },
    statistics: {
      'layer4.2.bn3.running_var': [1.17625, 1.05843, 0.931656, 1.10754],
    },
  },
});

describe('resnet-plain', () => {
  for (const [layout, entries, parameters] of [
    ['2b', 16, 112_006],
    ['4b', 26, 123_734],
  ] as const) {
    it(`${layout} has the entries and parameters of the published one`, async () => {
      const model = await buildModel(plugin, 'resnet-plain', { layout }, cifar, 10);
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('takes images of other sizes', async () => {
    const shape = { height: 28, width: 30, channels: 1 };
    const model = await buildModel(plugin, 'resnet-plain', { layout: '4b' }, shape, 5);
    expect((await waveLogits(model, 'train')).shape).to.deep.equal([2, 5]);
  });
});
