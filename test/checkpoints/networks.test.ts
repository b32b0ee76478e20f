import type { Architecture, ImageShape, Model } from '@ard/core';
import mobilenets from '@ard/plugin-models-mobilenet';
import preactResnets from '@ard/plugin-models-preact-resnet';
import resnets from '@ard/plugin-models-resnet';
import smallCnns from '@ard/plugin-models-small-cnn';
import vggs from '@ard/plugin-models-vgg';
import wideResnets from '@ard/plugin-models-wide-resnet';
import { expect } from 'chai';
import { runCli, temporaryFolder } from '../e2e/cli-process.js';

const cifar: ImageShape = { height: 32, width: 32, channels: 3 };
const mnist: ImageShape = { height: 28, width: 28, channels: 1 };
const components = [mobilenets, preactResnets, resnets, smallCnns, vggs, wideResnets].flatMap(
  ({ components }) => components,
);

async function build(id: string, options: object, classes: number, shape = cifar): Promise<Model> {
  const component = components.find((one) => one.id === id)!;
  return ((await component.create(component.options.parse(options))) as Architecture).build(shape, classes);
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
const total = (model: Model, kind: 'parameter' | 'statistic') =>
  model.variables
    .filter((variable) => variable.kind === kind && variable.storage === 'float32')
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const deepmind = { style: 'deepmind', activation: 'swish' };
const trades = (depth: number, widenFactor: number, subBlock1 = false) => ({ depth, widenFactor, subBlock1 });

/** methods.md 8: entries, trainable, BN buffers. */
const rows: readonly (readonly [
  string,
  object,
  classes: number,
  entries: number,
  trainable: number,
  buffers: number,
  ImageShape?,
])[] = [
  ['resnet', { depth: 18 }, 10, 122, 11_173_962, 9600],
  ['resnet', { depth: 18 }, 100, 122, 11_220_132, 9600],
  ['resnet', { depth: 18 }, 200, 122, 11_271_432, 9600],
  ['preact-resnet', {}, 10, 107, 11_172_170, 7808],
  ['preact-resnet', { finalBatchNorm: false }, 10, 102, 11_171_146, 6784],
  ['preact-resnet', { finalBatchNorm: false, shortcutInput: 'raw' }, 10, 102, 11_171_146, 6784],
  ['mobilenet-v2', {}, 10, 344, 2_296_922, 35_088],
  ['mobilenet-v2', {}, 100, 344, 2_412_212, 35_088],
  ['wide-resnet', trades(34, 10, true), 10, 252, 48_262_586, 25_344],
  ['wide-resnet', trades(34, 10), 10, 191, 46_160_474, 22_432],
  ['wide-resnet', trades(32, 10), 10, 191, 46_160_474, 22_432], // GAIRAT's counting: n = (d - 2) / 6
  ['wide-resnet', trades(34, 20), 10, 191, 184_531_674, 44_832],
  ['wide-resnet', { ...deepmind, depth: 70, widenFactor: 16 }, 10, 407, 266_796_506, 78_880],
  ['wide-resnet', { ...deepmind, depth: 70, widenFactor: 16 }, 100, 407, 266_888_756, 78_880],
  ['wide-resnet', { ...deepmind, depth: 28, widenFactor: 10 }, 10, 155, 36_479_194, 17_952],
  ['resnet', { depth: 56, shortcut: 'A' }, 10, 332, 853_018, 4064],
  ['resnet', { depth: 56, shortcut: 'B' }, 10, 344, 855_770, 4256],
  ['small-cnn', { layout: 'trades-mnist' }, 10, 14, 312_202, 0, mnist],
  ['small-cnn', { layout: 'trades-net' }, 10, 8, 21_840, 0, mnist],
  ['small-cnn', { layout: 'gairat-cifar' }, 10, 46, 1_639_282, 1552],
];

describe('networks of the specification', () => {
  for (const [id, options, classes, entries, trainable, buffers, shape] of rows) {
    it(`${id} ${JSON.stringify(options)}, ${classes} classes: entries, parameters and buffers`, async () => {
      const model = await build(id, options, classes, shape);
      expect(model.variables.length).to.equal(entries);
      expect(total(model, 'parameter')).to.equal(trainable);
      expect(total(model, 'statistic')).to.equal(buffers);
    });
  }

  it('have the same parameters on images of 28, 32 and 64 where they pool globally', async () => {
    for (const [id, options] of [
      ['resnet', { depth: 18 }],
      ['resnet', { depth: 50 }],
      ['resnet', { depth: 110 }],
      ['preact-resnet', {}],
      ['mobilenet-v2', {}],
      ['vgg', { depth: 11 }],
      ['wide-resnet', trades(28, 10)],
      ['wide-resnet', { ...deepmind, depth: 28, widenFactor: 10 }],
    ] as const) {
      const counts = await Promise.all(
        [28, 32, 64].map(async (size) =>
          total(await build(id, options, 10, { height: size, width: size, channels: 3 }), 'parameter'),
        ),
      );
      expect(new Set(counts).size, id).to.equal(1);
    }
  });
});

describe('ard show model', () => {
  interface Table {
    readonly parameters: number;
    readonly buffers: number;
    readonly multiplyAdds: number;
    readonly layers: readonly { name: string; output?: readonly number[]; multiplyAdds: number }[];
  }
  const table = async (...args: readonly string[]): Promise<Table> => {
    const folder = await temporaryFolder();
    const result = await runCli(['show', 'model', ...args, '--json'], folder.path);
    await folder.remove();
    expect(result.code, result.stderr).to.equal(0);
    return JSON.parse(result.stdout) as Table;
  };

  // by hand: 3x3 convolutions of 64 to 512 channels on 32x32 to 4x4, three 1x1 shortcuts, 5,120 of the classifier
  it('counts the work of ResNet-18 as the literature does: 0.56 G', async () => {
    const stem = 27 * 64 * 32 * 32;
    const first = 4 * 9 * 64 * 64 * 32 * 32;
    const group = (inputs: number, outputs: number, size: number) =>
      (9 * inputs + 3 * 9 * outputs + inputs) * outputs * size * size;
    const expected = stem + first + group(64, 128, 16) + group(128, 256, 8) + group(256, 512, 4) + 512 * 10;
    const { multiplyAdds, parameters, buffers, layers } = await table('resnet18');
    expect(multiplyAdds).to.equal(expected);
    expect((multiplyAdds / 1e9).toFixed(2)).to.equal('0.56');
    expect({ parameters, buffers }).to.deep.equal({ parameters: 11_173_962, buffers: 9600 });
    expect(layers.find(({ name }) => name === 'layer4.1.conv2')!.output).to.deep.equal([4, 4, 512]);
    expect(layers.at(-1)).to.deep.include({ name: 'linear', output: [10], multiplyAdds: 5120 });
  });

  it('takes options, other images and classes, and marks what is never computed', async () => {
    const wide = await table(
      'wide-resnet',
      '--set',
      'depth=10',
      '--set',
      'widenFactor=1',
      '--set',
      'subBlock1=true',
      '--image',
      '28x28x1',
      '--classes',
      '7',
    );
    expect(wide.layers.find(({ name }) => name === 'fc')!.output).to.deep.equal([7]);
    const unused = wide.layers.filter(({ name }) => name.startsWith('sub_block1.'));
    expect(unused).to.not.have.length(0);
    expect(unused.every(({ output, multiplyAdds }) => output === undefined && multiplyAdds === 0)).to.equal(
      true,
    );
  });

  it('counts depthwise convolutions by their groups', async () => {
    const { layers } = await table('mobilenet-v2');
    expect(layers.find(({ name }) => name === 'layers.1.conv2')!.multiplyAdds).to.equal(9 * 96 * 32 * 32);
  });
});
