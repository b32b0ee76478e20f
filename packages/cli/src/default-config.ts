import type { PartialConfig } from '@ard/core';

/** What a run is made of where nobody says otherwise. Names only: the components are those of plugins. */
export const defaultConfig: PartialConfig = {
  student: { id: 'resnet-18' },
  optimizer: { id: 'sgd' },
  schedule: { id: 'constant' },
  engine: { id: 'onnx' },
};
