import { defineComponent, definePlugin } from '@ard/core';
import { depths, recogniseVgg, vgg, vggOptions } from './vgg.js';

export default definePlugin({
  name: 'models-vgg',
  version: '0.1.0',
  summary: 'VGG with batch norm for small images',
  components: [
    defineComponent({
      kind: 'model',
      id: 'vgg',
      summary: 'plain stack of 3x3 convolutions with batch norm: VGG-11 to VGG-19',
      options: vggOptions,
      variants: Object.fromEntries(
        depths.map((depth) => [`vgg-${depth}`, { summary: `VGG-${depth}`, options: { depth } }]),
      ),
      recognise: recogniseVgg,
      create: (options) => ({ build: (shape, classes) => vgg(options, shape, classes) }),
    }),
  ],
});
