import { fittingArchitectures, type Fit } from '@ard/checkpoints';
import {
  defineComponent,
  type Architecture,
  type Component,
  type ImageShape,
  type TensorShapes,
} from '@ard/core';
import mobilenets from '@ard/plugin-models-mobilenet';
import preactResnets from '@ard/plugin-models-preact-resnet';
import resnets from '@ard/plugin-models-resnet';
import smallCnns from '@ard/plugin-models-small-cnn';
import vggs from '@ard/plugin-models-vgg';
import wideResnets from '@ard/plugin-models-wide-resnet';
import { expect } from 'chai';
import { z } from 'zod';

const components = [mobilenets, preactResnets, resnets, smallCnns, vggs, wideResnets].flatMap(
  ({ components }) => components,
);
const cifar: ImageShape = { height: 32, width: 32, channels: 3 };
const mnist: ImageShape = { height: 28, width: 28, channels: 1 };
const tiny: ImageShape = { height: 64, width: 64, channels: 3 };

/** Names and shapes of a checkpoint of a model. */
async function tensorsOf(
  id: string,
  options: object,
  { shape = cifar, classes = 10, prefix = '' } = {},
): Promise<TensorShapes> {
  const component = components.find((one) => one.id === id)!;
  const model = ((await component.create(component.options.parse(options))) as Architecture).build(
    shape,
    classes,
  );
  return new Map(model.variables.map((variable) => [prefix + variable.name, variable.shape]));
}

/** What is found, with every option. */
function found(fits: readonly Fit[]): readonly unknown[] {
  return fits.map(({ component, options, model }) => ({
    id: component.id,
    classes: model.classes,
    channels: model.shape.channels,
    ...component.options.parse(options),
  }));
}

describe('architectures are told by names and shapes', () => {
  const cases: readonly (readonly [
    id: string,
    options: object,
    where?: { shape?: ImageShape; classes?: number },
  ])[] = [
    ...[8, 14, 20, 32, 44, 56, 110].flatMap(
      (depth) =>
        [
          ['resnet', { depth, shortcut: 'A' }],
          ['resnet', { depth, shortcut: 'B' }],
        ] as const,
    ),
    ...[18, 34, 50].map((depth) => ['resnet', { depth }] as const),
    ['resnet', { depth: 18 }, { classes: 200, shape: tiny }],
    ['resnet', { depth: 18, width: 0.25 }, { classes: 100 }],
    ['resnet', { depth: 50, width: 0.125 }],
    ['resnet-plain', { layout: '2b' }],
    ['resnet-plain', { layout: '4b' }],
    ['preact-resnet', { depth: 18 }],
    ['preact-resnet', { depth: 34, width: 0.5 }, { classes: 100 }],
    ['mobilenet-v2', {}],
    ['mobilenet-v2', { width: 0.5 }, { classes: 100 }],
    ...[11, 13, 16, 19].map((depth) => ['vgg', { depth }] as const),
    ['wide-resnet', { depth: 34, widenFactor: 10 }],
    ['wide-resnet', { depth: 34, widenFactor: 10, subBlock1: true }],
    ['wide-resnet', { depth: 34, widenFactor: 20 }, { classes: 100 }],
    ['wide-resnet', { depth: 28, widenFactor: 10 }],
    ['small-cnn', { layout: 'batch-norm', widths: [4, 8] }],
    ['small-cnn', { layout: 'strided', widths: [16, 32], padding: 0 }],
    ['small-cnn', { layout: 'strided', widths: [16, 32], padding: 1 }],
    ['small-cnn', { layout: 'strided', widths: [16, 32], padding: 1 }, { shape: mnist }],
    ['small-cnn', { layout: 'trades-mnist', widths: [32, 64] }, { shape: mnist }],
    ['small-cnn', { layout: 'trades-net', widths: [10, 20] }, { shape: mnist }],
    ['small-cnn', { layout: 'madry-mnist', widths: [32, 64] }, { shape: mnist }],
    ['small-cnn', { layout: 'gairat-cifar', widths: [64, 128, 196] }],
  ];
  for (const [id, options, where = {}] of cases) {
    it(`${id} ${JSON.stringify(options)} ${where.classes ?? 10} classes`, async () => {
      const fits = await fittingArchitectures(components, await tensorsOf(id, options, where));
      const { shape = cifar, classes = 10 } = where;
      const component = components.find((one) => one.id === id)!;
      expect(found(fits)).to.deep.equal([
        { id, classes, channels: shape.channels, ...component.options.parse(options) },
      ]);
      expect(fits[0]!.shapes.map(({ height }) => height)).to.include(shape.height);
    });
  }

  for (const [variant, where] of [
    ['deepmind-28-10', {}],
    ['deepmind-70-16', {}],
    ['deepmind-28-10-cifar-100', { classes: 100 }],
    ['deepmind-70-16-cifar-100', { classes: 100 }],
    ['deepmind-28-10-mnist', { shape: mnist }],
  ] as const) {
    it(`${variant}, and says what it took for granted`, async () => {
      const component = wideResnets.components[0]!;
      const { options } = component.variants![variant]!;
      const fits = await fittingArchitectures(components, await tensorsOf('wide-resnet', options, where));
      expect(fits).to.have.length(1);
      expect(component.options.parse(fits[0]!.options)).to.deep.equal(component.options.parse(options));
      expect(fits[0]!.assumed).to.include('swish').and.include('mean and std of');
    });
  }

  it('lists both kinds of PreActResNet where nothing tells them apart', async () => {
    const fits = await fittingArchitectures(
      components,
      await tensorsOf('preact-resnet', { finalBatchNorm: false }),
    );
    expect(fits.map(({ options }) => options['shortcutInput'])).to.deep.equal(['preactivated', 'raw']);
  });

  it('takes wrappers and normalisation off, in any order', async () => {
    for (const prefix of ['module.', 'model.', 'module.model.', 'model.module.', '_orig_mod.module.']) {
      const tensors = new Map([
        ...(await tensorsOf('resnet', { depth: 20 }, { prefix })),
        [`${prefix.split('.')[0]}.mu`, [1, 3, 1, 1]],
        [`${prefix.split('.')[0]}.sigma`, [1, 3, 1, 1]],
      ] as const);
      const fits = await fittingArchitectures(components, tensors);
      expect(
        fits.map(({ model }) => model.name),
        prefix,
      ).to.deep.equal(['resnet-20']);
    }
  });

  it('finds nothing when one tensor is missing, added or of another shape', async () => {
    const whole = await tensorsOf('resnet', { depth: 20 });
    const without = new Map([...whole].filter(([name]) => name !== 'layer3.2.conv2.weight'));
    const more = new Map([...whole, ['extra.weight', [1]] as const]);
    const other = new Map([...whole, ['layer3.2.conv2.weight', [64, 64, 5, 5]] as const]);
    for (const tensors of [without, more, other, new Map()]) {
      expect(await fittingArchitectures(components, tensors)).to.deep.equal([]);
    }
  });

  it('uses the size of the images where it is known', async () => {
    const tensors = await tensorsOf('small-cnn', { layout: 'strided', padding: 1 });
    expect(await fittingArchitectures(components, tensors, cifar)).to.have.length(1);
    expect(
      await fittingArchitectures(components, tensors, { ...cifar, height: 28, width: 28 }),
    ).to.deep.equal([]);
  });

  it('tries the variants of models that do not recognise checkpoints', async () => {
    const resnet = resnets.components.find(({ id }) => id === 'resnet')!;
    const { recognise: _, ...own } = {
      ...resnet,
      id: 'own',
      options: resnet.options.extend({ x: z.number().default(1) }),
    };
    const silent = defineComponent(own as Component);
    const fits = await fittingArchitectures([silent], await tensorsOf('resnet', { depth: 44 }));
    expect(fits.map(({ options }) => options)).to.deep.equal([{ depth: 44 }]);
  });
});
