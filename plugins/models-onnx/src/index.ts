import { ArdError, defineComponent, definePlugin } from '@ard/core';
import { onnxModelOptions } from './options.js';

export default definePlugin({
  name: 'models-onnx',
  version: '0.1.0',
  summary: 'networks from ONNX files, as victims and teachers',
  components: [
    defineComponent({
      kind: 'model',
      id: 'onnx',
      summary: 'the network of an ONNX file, attacked and learned from like every other',
      options: onnxModelOptions,
      create: (options) => ({
        build() {
          throw new ArdError('The network of an ONNX file cannot be built without its file.', {
            remedy: 'Name the file: ard evaluate model.onnx, or --teacher model.onnx. It can be no student.',
          });
        },
        async load(path, shape, classes) {
          const { importOnnx } = await import('./import-onnx.js');
          return await importOnnx(path, options, shape, classes);
        },
        async outline(path) {
          const { outlineOnnx } = await import('./outline-onnx.js');
          return await outlineOnnx(path, options);
        },
      }),
    }),
  ],
  presets: [],
});
