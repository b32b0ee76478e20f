import { definePlugin } from '@ard/core';
import { kdComponent } from './kd.js';

export default definePlugin({
  name: 'method-kd',
  version: '0.1.0',
  summary: 'Knowledge distillation on clean images (Hinton et al., 2015)',
  components: [kdComponent],
  presets: [
    {
      id: 'kd',
      summary: 'Knowledge distillation at temperature 4, trained for 200 epochs as the robust methods are',
      requires: ['optim-sgd'],
      config: {
        method: { id: 'kd' },
        optimizer: {
          id: 'sgd',
          options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
        },
        schedule: {
          id: 'multi-step',
          options: { milestones: [100, 150], gamma: 0.1, drops: 'as-described' },
        },
        training: { epochs: 200, batchSize: 128 },
      },
    },
  ],
  defaultPreset: 'kd',
});
