import { defineComponent, definePlugin } from '@ard/core';
import { mobilenetV2, mobilenetV2Options, recogniseMobilenetV2 } from './mobilenet-v2.js';

export default definePlugin({
  name: 'models-mobilenet',
  version: '0.1.0',
  summary: 'MobileNetV2 for small images',
  components: [
    defineComponent({
      kind: 'model',
      id: 'mobilenet-v2',
      summary: 'MobileNetV2 for small images, 2,296,922 parameters on CIFAR-10',
      options: mobilenetV2Options,
      recognise: recogniseMobilenetV2,
      create: (options) => ({ build: (shape, classes) => mobilenetV2(options, shape, classes) }),
    }),
  ],
});
