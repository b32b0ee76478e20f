import { defineComponent, definePlugin } from '@ard/core';
import { batchNormLayout } from './batch-norm-layout.js';
import type { Layout } from './layout.js';
import { smallCnnOptions, type SmallCnnOptions } from './small-cnn-options.js';
import { stridedLayout } from './strided-layout.js';
import { tradesMnistLayout } from './trades-mnist-layout.js';

const layouts: Readonly<Record<SmallCnnOptions['layout'], Layout>> = {
  'batch-norm': batchNormLayout,
  strided: stridedLayout,
  'trades-mnist': tradesMnistLayout,
};

export default definePlugin({
  name: 'models-small-cnn',
  version: '0.1.0',
  summary: 'small convolutional networks',
  components: [
    defineComponent({
      kind: 'model',
      id: 'small-cnn',
      summary:
        'small convolutional network: batch-norm for a fast start, strided or trades-mnist for known checkpoints',
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
      },
      create: (options) => ({ build: (shape, classes) => layouts[options.layout](options, shape, classes) }),
    }),
  ],
});
