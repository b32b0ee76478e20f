/** Run by webgpu.test.ts in a process of its own; the name keeps it from running with the other tests. */
import { engineContract } from '@ard/testkit';
import { createOnnxEngine } from '../../src/create-onnx-engine.js';
import { onnxEngineOptions } from '../../src/options.js';

engineContract({
  name: 'engine-onnx on webgpu',
  create: () => createOnnxEngine(onnxEngineOptions.parse({ threads: 1, provider: 'webgpu' })),
});
