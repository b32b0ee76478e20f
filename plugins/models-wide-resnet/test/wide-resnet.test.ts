import { randomStream } from '@ard/core';
import { buildModel, modelContract, modelOracle, parameterCount } from '@ard/testkit';
import { expect } from 'chai';
import plugin from '../src/index.js';

const cifar = { height: 32, width: 32, channels: 3 };
const build = (options: Record<string, unknown>, shape = cifar, classes = 10) =>
  buildModel(plugin, 'wide-resnet', options, shape, classes);
const [component] = plugin.components;

describe('wide-resnet', () => {
  for (const [variant, classes, entries, parameters, statistics] of [
    ['trades-34-10', 10, 252, 48_262_586, 25_344],
    ['wide-resnet-34-10', 10, 191, 46_160_474, 22_432],
    ['wide-resnet-34-20', 10, 191, 184_531_674, 44_832],
    ['wide-resnet-28-10', 10, 155, 36_479_194, 17_952],
    ['deepmind-28-10', 10, 155, 36_479_194, 17_952],
    ['deepmind-70-16', 10, 407, 266_796_506, 78_880],
    ['deepmind-70-16-cifar-100', 100, 407, 266_888_756, 78_880],
  ] as const) {
    it(`${variant} has the entries and parameters of the published one`, async () => {
      const model = await build(component!.variants![variant]!.options, cifar, classes);
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
      const buffers = model.variables.filter(({ kind, shape }) => kind === 'statistic' && shape.length === 1);
      expect(buffers.reduce((sum, { shape }) => sum + shape[0]!, 0)).to.equal(statistics);
    });
  }

  const weights = async (options: Record<string, unknown>, start: string) =>
    (await build(options)).variables.flatMap(({ name }) =>
      name.startsWith(start) && name.endsWith('weight') ? [name] : [],
    );

  it('names variables as the state dict of TRADES does', async () => {
    expect(await weights({}, 'block2.layer.0')).to.deep.equal([
      'block2.layer.0.bn1.weight',
      'block2.layer.0.conv1.weight',
      'block2.layer.0.bn2.weight',
      'block2.layer.0.conv2.weight',
      'block2.layer.0.convShortcut.weight',
    ]);
    const modules = (await weights({ subBlock1: true }, '')).map((name) => name.split('.')[0]);
    expect([...new Set(modules)]).to.deep.equal([
      'conv1',
      'block1',
      'sub_block1',
      'block2',
      'block3',
      'bn1',
      'fc',
    ]);
  });

  it('names variables as the state dict of DeepMind does', async () => {
    expect(await weights({ style: 'deepmind' }, 'layer.1.block.0')).to.deep.equal([
      'layer.1.block.0.batchnorm_0.weight',
      'layer.1.block.0.conv_0.weight',
      'layer.1.block.0.batchnorm_1.weight',
      'layer.1.block.0.conv_1.weight',
      'layer.1.block.0.shortcut.weight',
    ]);
    const modules = (await weights({ style: 'deepmind' }, '')).map((name) => name.split('.')[0]);
    expect([...new Set(modules)]).to.deep.equal(['init_conv', 'layer', 'batchnorm', 'logits']);
  });

  it("starts as TRADES's does: convolutions by their outputs, bias 0", async () => {
    const { parameters } = (await build({ depth: 10, widenFactor: 2 })).init(randomStream(0));
    const deviation = async (name: string) => {
      const values = (await parameters[name]!.read()) as Float32Array;
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    expect(await deviation('block3.layer.0.conv1.weight')).to.be.closeTo(Math.sqrt(2 / (128 * 9)), 1e-3);
    expect(await deviation('fc.weight')).to.be.closeTo(1 / Math.sqrt(3 * 128), 3e-3);
    expect(await deviation('fc.bias')).to.equal(0);
  });

  it('says what is wrong with options and image sizes that do not fit', async () => {
    const refusal = (options: Record<string, unknown>, shape = cifar) =>
      build(options, shape).then(
        () => expect.fail('expected a refusal'),
        (error: Error) => error.message,
      );
    expect(await refusal({ style: 'deepmind', subBlock1: true })).to.include('the style is deepmind');
    expect(await refusal({ style: 'deepmind' }, { ...cifar, width: 30 })).to.include('32x30 cannot be');
    expect(await refusal({ depth: 35 })).to.include('6n + 4');
    await build({ style: 'deepmind', inputPadding: 1 }, { ...cifar, width: 30, height: 30 });
  });

  it('offers the published networks by name', () => {
    for (const { options } of Object.values(component!.variants!)) component!.options.parse(options);
  });
});

// PyTorch 1.13 in float64 on the same networks
modelOracle({
  name: 'wide-resnet of TRADES with sub_block1, on an image of odd height',
  create: () =>
    build({ depth: 16, widenFactor: 1 / 4, subBlock1: true }, { height: 9, width: 8, channels: 3 }, 3),
  eval: {
    logits: [-470.681, -3759.14, -1055.3, -231.13, -1729.5, -470.801],
    gradients: {
      // never computed: no gradient, and below statistics as they were
      'sub_block1.layer.0.conv1.weight': [0, 0, 0],
      images: [41.6745, 42.1004, 42.5143, 40.3298, 39.9736, 39.606],
      'conv1.weight': [-890.629, -2021.07, 627.182, 50.2092, 256.507, -1648.03],
      'block2.layer.0.convShortcut.weight': [-100.942, -101.673, -99.3384, -100.38, -101.211, -102.412],
      'bn1.weight': [-984.817, -1214.66, -890.325, -321.581, 160.389, 612.852],
    },
  },
  train: {
    logits: [0.191514, -0.43226, -0.105945, 0.118661, -0.370531, -0.00803053],
    gradients: {
      'sub_block1.layer.1.bn1.weight': [0, 0, 0],
      images: [-0.00774792, -0.0080738, -0.0083974, 0.0245269, 0.0261482, 0.027762],
      'conv1.weight': [0.162948, 0.386151, -0.26747, 0.270115, -0.24504, 0.46363],
      'block2.layer.0.convShortcut.weight': [0.0592559, 0.046717, 0.0426472, 0.0459199, -0.142551, -0.237189],
      'bn1.weight': [-0.141702, -0.177619, -0.136509, -0.03694, 0.0736868, 0.160136],
    },
    statistics: {
      'sub_block1.layer.0.bn1.running_mean': [0.0812717, -0.123878, -0.270766, -0.290309],
      'sub_block1.layer.0.bn1.num_batches_tracked': [0],
      'block1.layer.0.bn1.num_batches_tracked': [1],
      'block3.layer.1.bn2.running_var': [2.32788, 2.10169, 1.74426, 1.35972],
    },
  },
});

modelOracle({
  name: 'wide-resnet of DeepMind with swish, normalising',
  create: () =>
    build(
      {
        ...component!.variants!['deepmind-28-10']!.options,
        depth: 16,
        widenFactor: 1 / 4,
      },
      { height: 8, width: 8, channels: 3 },
      3,
    ),
  eval: {
    logits: [13540.8, -11361.5, -18153.4, 4907.68, -3286.23, -6241.63],
    gradients: {
      images: [118.233, 120.512, 112.636, -49.1856, -58.0806, -61.6494],
      'init_conv.weight': [-2065.34, 3794.26, -818.755, -2738.76, -1059.43, 1746.1],
      'layer.1.block.0.conv_0.weight': [-457.064, -1267.17, -2058.89, -192.384, 1295.78, 1579.74],
      'batchnorm.weight': [-3599.86, -4524.41, -2505.5, -695.616, 468.911, 95.139],
    },
  },
  train: {
    logits: [-0.0280988, -0.519476, 0.104185, 0.155235, -0.165423, 0.0646009],
    gradients: {
      images: [0.0676955, 0.0674831, 0.061667, -0.0136334, -0.0165098, -0.0178528],
      'init_conv.weight': [0.0166235, 0.008376, 0.00156545, -0.0196541, 0.0163443, -0.00730575],
      'layer.1.block.0.conv_0.weight': [
        -0.00190956, -0.0119853, -0.011072, 0.00684843, 0.00182377, 0.0222139,
      ],
      'batchnorm.weight': [-0.0976094, -0.238797, -0.30803, -0.235411, -0.0478712, 0.142301],
    },
    statistics: {
      'layer.2.block.1.batchnorm_1.running_var': [2.24183, 2.12023, 1.91954, 1.70416],
    },
  },
});

modelOracle({
  name: 'wide-resnet of DeepMind for MNIST with ReLU: black pixels around the image before it is normalised',
  create: () =>
    build(
      {
        ...component!.variants!['deepmind-28-10-mnist']!.options,
        activation: 'relu',
        depth: 10,
        widenFactor: 1 / 4,
      },
      { height: 4, width: 8, channels: 1 },
      3,
    ),
  eval: {
    logits: [45.0363, -1.12896, -45.356, 11.0234, -3.45438, -12.2873],
    gradients: {
      images: [17.2957, 22.5387, 18.0583, 7.16698, 0.00975724, 4.74806],
      'init_conv.weight': [-9.15272, -9.17155, -5.26787, 3.57379, 3.50194, 0.490428],
      'layer.2.block.0.shortcut.weight': [-2.31353, -2.62828, -2.73559, -2.2703, -2.1183, -2.50624],
    },
  },
  train: {
    logits: [0.231519, -0.168364, -0.161223, 0.036007, -0.15936, 0.0379444],
    gradients: {
      images: [-0.0504284, -0.0388269, -0.0171083, -0.00766171, 0.000671003, 0.000139682],
      'init_conv.weight': [0.0955966, 0.0285238, 0.00787496, -0.021496, 0.0022135, 0.0328941],
      'layer.2.block.0.shortcut.weight': [
        -0.0139555, -0.0141388, -0.0088826, -0.00923421, -0.00944388, -0.0152084,
      ],
    },
    statistics: {
      'batchnorm.running_mean': [-0.34444, -0.418146, -0.347417, -0.182203],
    },
  },
});

for (const [style, activation] of [
  ['trades', 'relu'],
  ['deepmind', 'swish'],
] as const) {
  modelContract({
    name: `wide-resnet-10, narrow, ${style}`,
    create: () =>
      build({ style, activation, depth: 10, widenFactor: 1 / 4 }, { height: 8, width: 8, channels: 3 }, 4),
  });
}
