import { defineComponent, definePlugin } from '@ard/core';
import { preactResnet } from './preact-resnet.js';
import { preactResnetOptions } from './preact-resnet-options.js';
import { recognisePreactResnet } from './recognise.js';

export default definePlugin({
  name: 'models-preact-resnet',
  version: '0.1.0',
  summary: 'pre-activation residual networks for small images',
  components: [
    defineComponent({
      kind: 'model',
      id: 'preact-resnet',
      summary: 'residual network with batch norm and ReLU before each convolution: PreActResNet-18',
      options: preactResnetOptions,
      variants: {
        'preact-resnet-18': {
          summary: 'PreActResNet-18 with a last batch norm, as in robust_overfitting, CFA and DAFA',
          options: { depth: 18 },
        },
        'preact-resnet-34': {
          summary: 'PreActResNet-34 with a last batch norm',
          options: { depth: 34 },
        },
        kuangliu: {
          summary: 'PreActResNet-18 without a last batch norm, as in pytorch-cifar, FRL and GAIRAT',
          options: { depth: 18, finalBatchNorm: false },
        },
        robustbench: {
          summary: "RobustBench's PreActResNet-18: no last batch norm, shortcuts fed with the raw input",
          options: { depth: 18, finalBatchNorm: false, shortcutInput: 'raw' },
        },
        'iad-tiny-imagenet': {
          summary: "IAD's PreActResNet-18 for Tiny-ImageNet: a last batch norm, normalises inside",
          options: { depth: 18, mean: [0.4802, 0.4481, 0.3975], std: [0.2302, 0.2265, 0.2262] },
        },
      },
      recognise: recognisePreactResnet,
      create: (options) => ({ build: (shape, classes) => preactResnet(options, shape, classes) }),
    }),
  ],
});
