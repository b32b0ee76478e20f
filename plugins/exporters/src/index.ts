import { defineComponent, definePlugin } from '@ard/core';
import { onnxExporterOptions } from './onnx/options.js';
import { safetensorsExporterOptions } from './safetensors/options.js';
import { tfjsExporterOptions } from './tfjs/options.js';

export default definePlugin({
  name: 'exporters',
  version: '0.1.0',
  summary: 'Trained networks as files for the place where they will run',
  components: [
    defineComponent({
      kind: 'exporter',
      id: 'onnx',
      summary: 'ONNX with standard operators and normalisation inside; on request its input gradient too',
      options: onnxExporterOptions,
      create: async (options) => {
        const { onnxExporter } = await import('./onnx/onnx-exporter.js');
        return onnxExporter(options);
      },
    }),
    defineComponent({
      kind: 'exporter',
      id: 'safetensors',
      summary: 'a PyTorch state dict: names and layout as torch.nn modules have them',
      options: safetensorsExporterOptions,
      create: async () => {
        const { safetensorsExporter } = await import('./safetensors/safetensors-exporter.js');
        return safetensorsExporter();
      },
    }),
    defineComponent({
      kind: 'exporter',
      id: 'tfjs',
      summary: 'a TensorFlow.js graph model, normalisation inside, for tf.loadGraphModel',
      options: tfjsExporterOptions,
      create: async (options) => {
        const { tfjsExporter } = await import('./tfjs/tfjs-exporter.js');
        return tfjsExporter(options);
      },
    }),
  ],
  presets: [],
});
