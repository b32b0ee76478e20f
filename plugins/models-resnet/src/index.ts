import { defineComponent, definePlugin } from '@ard/core';
import { recogniseResnet, recogniseResnetPlain } from './recognise.js';
import { resnet } from './resnet.js';
import { fourGroupDepths, resnetOptions, threeGroupDepths } from './resnet-options.js';
import { resnetPlain, resnetPlainOptions } from './resnet-plain.js';

const depths = [...fourGroupDepths, ...threeGroupDepths].sort((a, b) => a - b);

export default definePlugin({
  name: 'models-resnet',
  version: '0.1.0',
  summary: 'residual networks for small images',
  components: [
    defineComponent({
      kind: 'model',
      id: 'resnet',
      summary:
        'residual network with batch norm: ResNet-18/34/50 and the CIFAR family ResNet-8 to ResNet-110',
      options: resnetOptions,
      variants: Object.fromEntries(
        depths.map((depth) => [`resnet-${depth}`, { summary: `ResNet-${depth}`, options: { depth } }]),
      ),
      recognise: recogniseResnet,
      create: (options) => ({ build: (shape, classes) => resnet(options, shape, classes) }),
    }),
    defineComponent({
      kind: 'model',
      id: 'resnet-plain',
      summary: 'small residual network without batch norm (resnet2b, resnet4b), for robust teachers',
      options: resnetPlainOptions,
      variants: {
        '2b': { summary: 'two blocks, 112,006 parameters on CIFAR-10', options: { layout: '2b' } },
        '4b': { summary: 'four blocks, 123,734 parameters on CIFAR-10', options: { layout: '4b' } },
      },
      recognise: recogniseResnetPlain,
      create: (options) => ({ build: (shape, classes) => resnetPlain(options, shape, classes) }),
    }),
  ],
});
