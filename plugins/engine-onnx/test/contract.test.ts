import { engineContract } from '@ard/testkit';
import { createOnnxEngine } from '../src/create-onnx-engine.js';
import { onnxEngineOptions } from '../src/options.js';

engineContract({
  name: 'engine-onnx',
  create: () => createOnnxEngine(onnxEngineOptions.parse({ threads: 2 })),
});

engineContract({
  name: 'engine-onnx without blocked convolutions',
  create: () => createOnnxEngine(onnxEngineOptions.parse({ threads: 2, blocked: false })),
});
