import { defineComponent, definePlugin } from '@ard/core';
import { batchNormLayout } from './batch-norm-layout.js';
import { gairatCifarLayout } from './gairat-cifar-layout.js';
import type { Layout } from './layout.js';
import { madryMnistLayout } from './madry-mnist-layout.js';
import { recogniseSmallCnn } from './recognise.js';
import { smallCnnOptions, type SmallCnnOptions } from './small-cnn-options.js';
import { stridedLayout } from './strided-layout.js';
import { tradesMnistLayout } from './trades-mnist-layout.js';
import { tradesNetLayout } from './trades-net-layout.js';

const layouts: Readonly<Record<SmallCnnOptions['layout'], Layout>> = {
  'batch-norm': batchNormLayout,
  strided: stridedLayout,
  'trades-mnist': tradesMnistLayout,
  'trades-net': tradesNetLayout,
  'madry-mnist': madryMnistLayout,
  'gairat-cifar': gairatCifarLayout,
};

export default definePlugin({
  name: 'models-small-cnn',
  version: '0.1.0',
  summary: 'small convolutional networks',
  components: [
    defineComponent({
      kind: 'model',
      id: 'small-cnn',
      summary: 'small convolutional network: batch-norm for a fast start, the others for known checkpoints',
      options: smallCnnOptions,
      variants: {
        'batch-norm': {
          summary: 'three stages with batch norm and global pooling, 72,954 parameters on CIFAR-10',
          options: { layout: 'batch-norm' },
        },
        strided: {
          summary: 'two strided convolutions without batch norm, 214,918 parameters on CIFAR-10',
          options: { layout: 'strided' },
        },
        'trades-mnist': {
          summary: "TRADES's network for MNIST, 312,202 parameters",
          options: { layout: 'trades-mnist' },
        },
        'trades-net': {
          summary: "TRADES's smaller network for MNIST, 21,840 parameters",
          options: { layout: 'trades-net' },
        },
        'madry-mnist': {
          summary: 'network of the MNIST challenge, 3,274,634 parameters',
          options: { layout: 'madry-mnist' },
        },
        'gairat-cifar': {
          summary: 'SmallCNN of friendly adversarial training and GAIRAT for CIFAR, 1,639,282 parameters',
          options: { layout: 'gairat-cifar' },
        },
      },
      recognise: recogniseSmallCnn,
      create: (options) => ({ build: (shape, classes) => layouts[options.layout](options, shape, classes) }),
    }),
  ],
});
