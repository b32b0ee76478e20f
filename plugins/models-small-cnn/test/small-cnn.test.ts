import { randomStream, type ImageShape } from '@ard/core';
import { buildModel, modelOracle, parameterCount, waveLogits } from '@ard/testkit';
import { expect } from 'chai';
import plugin from '../src/index.js';

const cifar: ImageShape = { height: 32, width: 32, channels: 3 };
const mnist: ImageShape = { height: 28, width: 28, channels: 1 };

describe('small-cnn', () => {
  const counts: readonly [
    options: Record<string, unknown>,
    shape: ImageShape,
    entries: number,
    parameters: number,
  ][] = [
    [{ layout: 'strided' }, cifar, 8, 214_918],
    [{ layout: 'strided', padding: 0 }, cifar, 8, 125_318],
    [{ layout: 'strided' }, mnist, 8, 166_406],
    [{ layout: 'trades-mnist' }, mnist, 14, 312_202],
    [{ layout: 'trades-net' }, mnist, 8, 21_840],
    [{ layout: 'madry-mnist' }, mnist, 8, 3_274_634],
    [{ layout: 'gairat-cifar' }, cifar, 46, 1_639_282],
    [{ layout: 'batch-norm' }, cifar, 38, 72_954],
  ];
  for (const [options, shape, entries, parameters] of counts) {
    it(`${JSON.stringify(options)} on ${shape.height}x${shape.width}x${shape.channels} has ${parameters} parameters`, async () => {
      const model = await buildModel(plugin, 'small-cnn', options, shape, 10);
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('names the strided layout as a PyTorch Sequential does', async () => {
    const model = await buildModel(plugin, 'small-cnn', { layout: 'strided' }, cifar, 10);
    expect(model.variables.map(({ name }) => name)).to.deep.equal(
      ['0', '2', '5', '7'].flatMap((module) => [`${module}.weight`, `${module}.bias`]),
    );
  });

  it("agrees with PyTorch on TRADES's network, on images that do not fill every pooling square", async () => {
    const shape = { height: 16, width: 20, channels: 1 };
    const model = await buildModel(plugin, 'small-cnn', { layout: 'trades-mnist', widths: [2, 3] }, shape, 3);
    // PyTorch 1.13 in float64, the same waves for values
    const expected = [2.57627, -2.8999, -0.905721, 2.57969, -2.90674, -0.906431];
    const { data } = await waveLogits(model, 'train');
    expect(data.length).to.equal(expected.length);
    expected.forEach((value, index) => expect(data[index]).to.be.closeTo(value, 3e-4));
  });

  it('starts the last layer of TRADES at zero', async () => {
    const model = await buildModel(plugin, 'small-cnn', { layout: 'trades-mnist' }, mnist, 10);
    const { parameters } = model.init(randomStream(0));
    for (const name of ['classifier.fc3.weight', 'classifier.fc3.bias', 'feature_extractor.conv1.bias']) {
      expect(
        (await parameters[name]!.read()).every((value) => value === 0),
        name,
      ).to.equal(true);
    }
  });

  it('starts the network of the MNIST challenge with truncated normals and biases of 0.1', async () => {
    const model = await buildModel(plugin, 'small-cnn', { layout: 'madry-mnist' }, mnist, 10);
    const { parameters } = model.init(randomStream(0));
    const weight = (await parameters['fc2.weight']!.read()) as Float32Array;
    expect(Math.max(...weight.map(Math.abs))).to.be.within(0.19, 0.2);
    // of a normal with deviation 0.1 cut at two deviations
    const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value * value, 0) / weight.length);
    expect(deviation).to.be.closeTo(0.088, 1e-3);
    expect([...(await parameters['conv1.bias']!.read())]).to.deep.equal(new Array(32).fill(Math.fround(0.1)));
  });

  it('names variables of GAIRAT as its state dict does: both convolutions before both batch norms', async () => {
    const { variables } = await buildModel(plugin, 'small-cnn', { layout: 'gairat-cifar' }, cifar, 10);
    const modules = variables.map(({ name }) => name.split('.')[0]!);
    expect([...new Set(modules)].slice(4, 9)).to.deep.equal([
      'block2_conv1',
      'block2_conv2',
      'batchnorm2_1',
      'batchnorm2_2',
      'block3_conv1',
    ]);
    expect(modules.at(-1)).to.equal('fc2');
  });

  it('takes as many stages as widths are given, on images of any size', async () => {
    for (const [height, width, channels] of [
      [28, 28, 1],
      [9, 12, 3],
      [64, 64, 3],
    ] as const) {
      const shape = { height, width, channels };
      const model = await buildModel(plugin, 'small-cnn', { widths: [2, 3, 4, 5] }, shape, 6);
      expect((await waveLogits(model, 'train')).shape).to.deep.equal([2, 6]);
    }
  });

  it('says what is wrong with widths and image sizes that do not fit', async () => {
    const refusal = (options: Record<string, unknown>, shape: ImageShape) =>
      buildModel(plugin, 'small-cnn', options, shape, 10).then(
        () => expect.fail('expected a refusal'),
        (error: Error) => error.message,
      );
    expect(await refusal({ layout: 'strided', widths: [1] }, cifar)).to.include(
      'has 2 stages, widths has 1 numbers',
    );
    expect(await refusal({ layout: 'gairat-cifar', widths: [1, 2] }, cifar)).to.include(
      'has 3 stages, widths has 2 numbers',
    );
    expect(await refusal({ layout: 'trades-mnist' }, { ...mnist, height: 12 })).to.include(
      '12x28 are too small',
    );
    expect(await refusal({ layout: 'strided', padding: 0 }, { ...mnist, width: 8 })).to.include('too small');
  });

  it('offers each layout by name', () => {
    const [component] = plugin.components;
    expect(Object.keys(component!.variants!)).to.deep.equal([
      'batch-norm',
      'strided',
      'trades-mnist',
      'trades-net',
      'madry-mnist',
      'gairat-cifar',
    ]);
    for (const { options } of Object.values(component!.variants!)) component!.options.parse(options);
  });
});

// PyTorch 1.13 in float64 on the same networks
modelOracle({
  name: "GAIRAT's network, narrow",
  create: () =>
    buildModel(
      plugin,
      'small-cnn',
      { layout: 'gairat-cifar', widths: [3, 4, 5] },
      { height: 8, width: 16, channels: 3 },
      3,
    ),
  eval: {
    logits: [3.39118, -1.75787, 1.1378, 3.60255, -1.9915, 1.3898],
    gradients: {
      images: [-0.00247483, -0.00251929, -0.00256303, -0.00360961, -0.00361657, -0.0036225],
      'block1_conv1.weight': [0.00612475, -0.0157171, -0.0604087, -0.0103312, -0.055017, -0.0110393],
      'fc2.weight': [0, 0, 0, 0, 0, 0.122174],
    },
  },
  train: {
    logits: [4.73399, -3.23701, 2.7286, 3.5126, -2.15793, 1.80982],
    gradients: {
      images: [0.0132082, 0.0134313, 0.0136507, 0.0190957, 0.0191246, 0.0191481],
      'block1_conv1.weight': [-0.0834876, 0.128518, -0.0240811, 0.126766, -0.0349504, -0.0857446],
      'fc2.weight': [0, 0, 0, 0.099664, 0.160121, 0.147262],
    },
    statistics: {
      'batchnorm3_2.running_var': [1.54976, 1.39143, 1.49878, 1.61141],
    },
  },
});

modelOracle({
  name: "TRADES's smaller network, on images that do not fill every pooling square",
  create: () =>
    buildModel(
      plugin,
      'small-cnn',
      { layout: 'trades-net', widths: [3, 4] },
      { height: 16, width: 20, channels: 1 },
      3,
    ),
  eval: {
    logits: [-0.157909, 0.637004, -0.00412628, 0.0661584, 0.567277, -0.10217],
    gradients: {
      images: [0.0253147, 0.0240468, 0.0237211, 0.0144877, -0.00155955, 0.0278307],
      'conv1.weight': [-0.254077, -0.433434, -0.440019, -0.270736, -0.00520136, -0.435562],
      'fc2.weight': [0, 0, 0, 0, 0.0763715, 0.152291],
    },
  },
  train: {
    logits: [-0.157909, 0.637004, -0.00412628, 0.0661584, 0.567277, -0.10217],
    gradients: {
      images: [0.0253147, 0.0240468, 0.0237211, 0.0144877, -0.00155955, 0.0278307],
      'conv1.weight': [-0.254077, -0.433434, -0.440019, -0.270736, -0.00520136, -0.435562],
      'fc2.weight': [0, 0, 0, 0, 0.0763715, 0.152291],
    },
  },
});

modelOracle({
  name: 'the network of the MNIST challenge, narrow',
  create: () =>
    buildModel(
      plugin,
      'small-cnn',
      { layout: 'madry-mnist', widths: [3, 4] },
      { height: 8, width: 9, channels: 1 },
      3,
    ),
  eval: {
    logits: [13.0408, 1.49833, -10.4975, 13.0444, 1.50396, -10.4914],
    gradients: {
      images: [-0.00818494, -0.1314, -0.335201, -0.193883, -0.018543, 0.0753184],
      'conv1.weight': [-0.738993, -0.19289, 0.220792, 0.437578, 0.35551, -0.734718],
      'fc2.weight': [0, 0, 0.035946, 0.585779, 0.414009, 0],
    },
  },
  train: {
    logits: [13.0408, 1.49833, -10.4975, 13.0444, 1.50396, -10.4914],
    gradients: {
      images: [-0.00818494, -0.1314, -0.335201, -0.193883, -0.018543, 0.0753184],
      'conv1.weight': [-0.738993, -0.19289, 0.220792, 0.437578, 0.35551, -0.734718],
      'fc2.weight': [0, 0, 0.035946, 0.585779, 0.414009, 0],
    },
  },
});
