import { defineComponent, definePlugin } from '@ard/core';
import { cifar10, cifar100, mnist } from './published-normalisation.js';
import { recogniseWideResnet } from './recognise.js';
import { wideResnet } from './wide-resnet.js';
import { wideResnetOptions } from './wide-resnet-options.js';

const deepmind = { style: 'deepmind', activation: 'swish' } as const;

export default definePlugin({
  name: 'models-wide-resnet',
  version: '0.1.0',
  summary: 'wide residual networks, the usual robust teachers',
  components: [
    defineComponent({
      kind: 'model',
      id: 'wide-resnet',
      summary: 'wide residual network in the styles of TRADES and of DeepMind: WRN-28-10 to WRN-70-16',
      options: wideResnetOptions,
      variants: {
        'wide-resnet-28-10': {
          summary: 'WRN-28-10, names of TRADES',
          options: { depth: 28, widenFactor: 10 },
        },
        'wide-resnet-34-10': {
          summary: 'WRN-34-10, names of TRADES, without sub_block1: LTD, RobustBench',
          options: { depth: 34, widenFactor: 10 },
        },
        'wide-resnet-34-20': {
          summary: 'WRN-34-20, names of TRADES, without sub_block1: LTD, RobustBench',
          options: { depth: 34, widenFactor: 20 },
        },
        'wide-resnet-32-10': {
          summary: 'WRN-32-10 as GAIRAT counts layers: the same network as WRN-34-10',
          options: { depth: 32, widenFactor: 10 },
        },
        'trades-34-10': {
          summary: "WRN-34-10 with sub_block1: TRADES's checkpoint, teacher of RSLAD and Fair-ARD",
          options: { depth: 34, widenFactor: 10, subBlock1: true },
        },
        'deepmind-28-10': {
          summary: "DeepMind's WRN-28-10 for CIFAR-10, swish",
          options: { ...deepmind, ...cifar10, depth: 28, widenFactor: 10 },
        },
        'deepmind-70-16': {
          summary: "DeepMind's WRN-70-16 for CIFAR-10, swish",
          options: { ...deepmind, ...cifar10, depth: 70, widenFactor: 16 },
        },
        'deepmind-28-10-cifar-100': {
          summary: "DeepMind's WRN-28-10 for CIFAR-100, swish",
          options: { ...deepmind, ...cifar100, depth: 28, widenFactor: 10 },
        },
        'deepmind-70-16-cifar-100': {
          summary: "DeepMind's WRN-70-16 for CIFAR-100, swish: RSLAD's teacher",
          options: { ...deepmind, ...cifar100, depth: 70, widenFactor: 16 },
        },
        'deepmind-28-10-mnist': {
          summary: "DeepMind's WRN-28-10 for MNIST, swish",
          options: { ...deepmind, ...mnist, depth: 28, widenFactor: 10 },
        },
      },
      recognise: recogniseWideResnet,
      create: (options) => ({ build: (shape, classes) => wideResnet(options, shape, classes) }),
    }),
  ],
});
