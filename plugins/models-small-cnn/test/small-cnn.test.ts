import { randomStream, type ImageShape } from '@ard/core';
import { expect } from 'chai';
import plugin from '../src/index.js';
import { buildModel, expectClose, parameterCount, waveImages, waveVariables } from './support/build-model.js';

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
    [{ layout: 'batch-norm' }, cifar, 38, 72_954],
  ];
  for (const [options, shape, entries, parameters] of counts) {
    it(`${JSON.stringify(options)} on ${shape.height}x${shape.width}x${shape.channels} has ${parameters} parameters`, async () => {
      const model = await buildModel('small-cnn', options, shape, 10);
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('names the strided layout as a PyTorch Sequential does', async () => {
    const model = await buildModel('small-cnn', { layout: 'strided' }, cifar, 10);
    expect(model.variables.map(({ name }) => name)).to.deep.equal(
      ['0', '2', '5', '7'].flatMap((module) => [`${module}.weight`, `${module}.bias`]),
    );
  });

  it("agrees with PyTorch on TRADES's network, on images that do not fill every pooling square", async () => {
    const shape = { height: 16, width: 20, channels: 1 };
    const model = await buildModel('small-cnn', { layout: 'trades-mnist', widths: [2, 3] }, shape, 3);
    const { logits } = model.apply(waveVariables(model), waveImages(2, shape), 'train');
    // PyTorch 1.13 in float64, the same waves for values
    expectClose(logits, [2.57627, -2.8999, -0.905721, 2.57969, -2.90674, -0.906431]);
  });

  it('starts the last layer of TRADES at zero', async () => {
    const model = await buildModel('small-cnn', { layout: 'trades-mnist' }, mnist, 10);
    const { parameters } = model.init(randomStream(0));
    for (const name of ['classifier.fc3.weight', 'classifier.fc3.bias', 'feature_extractor.conv1.bias']) {
      expect(
        (await parameters[name]!.read()).every((value) => value === 0),
        name,
      ).to.equal(true);
    }
  });

  it('takes as many stages as widths are given, on images of any size', async () => {
    for (const [height, width, channels] of [
      [28, 28, 1],
      [9, 12, 3],
      [64, 64, 3],
    ] as const) {
      const shape = { height, width, channels };
      const model = await buildModel('small-cnn', { widths: [2, 3, 4, 5] }, shape, 6);
      expect(model.apply(waveVariables(model), waveImages(2, shape), 'train').logits.shape).to.deep.equal([
        2, 6,
      ]);
    }
  });

  it('says what is wrong with widths and image sizes that do not fit', async () => {
    const refusal = (options: Record<string, unknown>, shape: ImageShape) =>
      buildModel('small-cnn', options, shape, 10).then(
        () => expect.fail('expected a refusal'),
        (error: Error) => error.message,
      );
    expect(await refusal({ layout: 'strided', widths: [1] }, cifar)).to.include(
      'has 2 stages, widths has 1 numbers',
    );
    expect(await refusal({ layout: 'trades-mnist' }, { ...mnist, height: 12 })).to.include(
      '12x28 are too small',
    );
    expect(await refusal({ layout: 'strided', padding: 0 }, { ...mnist, width: 8 })).to.include('too small');
  });

  it('offers each layout by name', () => {
    const [component] = plugin.components;
    expect(Object.keys(component!.variants!)).to.deep.equal(['batch-norm', 'strided', 'trades-mnist']);
    for (const { options } of Object.values(component!.variants!)) component!.options.parse(options);
  });
});
