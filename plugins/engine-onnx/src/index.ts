import { defineComponent, definePlugin } from '@ard/core';
import { checkAvailability } from './availability.js';
import { onnxEngineOptions } from './options.js';

/** The default engine. Importing this file loads neither tfjs nor ONNX Runtime. */
export default definePlugin({
  name: 'engine-onnx',
  version: '0.1.0',
  summary: 'Compiles tfjs functions to ONNX graphs and runs them natively',
  components: [
    defineComponent({
      kind: 'engine',
      id: 'onnx',
      summary: 'tfjs functions compiled to ONNX and run by ONNX Runtime on all cores (default)',
      options: onnxEngineOptions,
      availability: () => checkAvailability(),
      tryProviders: async () => (await import('./try-providers.js')).tryProviders(),
      create: async (options) => {
        const { createOnnxEngine } = await import('./create-onnx-engine.js');
        return createOnnxEngine(options);
      },
    }),
  ],
});
