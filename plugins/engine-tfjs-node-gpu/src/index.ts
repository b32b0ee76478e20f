import { defineComponent, definePlugin } from '@ard/core';
import { z } from 'zod';

const tfjsNodeGpu = defineComponent({
  kind: 'engine',
  id: 'tfjs-node-gpu',
  summary:
    'runs functions eagerly with TensorFlow on an NVIDIA GPU; needs the package @tensorflow/tfjs-node-gpu',
  options: z.strictObject({}),
  // TensorFlow is loaded when somebody asks for it, not when components are listed
  availability: async () => (await import('./load-node-gpu.js')).loadNodeGpu(),
  create: async () => (await import('./create-node-gpu-engine.js')).createNodeGpuEngine(),
});

export default definePlugin({
  name: 'engine-tfjs-node-gpu',
  version: '0.1.0',
  summary: 'Engine on TensorFlow and CUDA, where the optional package is installed',
  components: [tfjsNodeGpu],
});
