import { definePlugin } from '@ard/core';
import { batComponent } from './bat.js';

export default definePlugin({
  name: 'fair-bat',
  version: '0.1.0',
  summary: 'BAT: balanced pairs from one attack trajectory (Sun et al., AAAI 2023)',
  components: [batComponent],
  presets: [
    {
      id: 'bat',
      summary: 'BAT as released for CIFAR-10: 200 epochs',
      requires: ['attack-gradient', 'optim-sgd'],
      config: {
        method: { id: 'bat' },
        optimizer: {
          id: 'sgd',
          options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
        },
        // from epochs 75, 90 and 100 of a script that counts from 1
        schedule: {
          id: 'multi-step',
          options: { milestones: [74, 89, 99], gamma: 0.1, drops: 'as-described' },
        },
        training: { epochs: 200, batchSize: 128 },
      },
    },
  ],
  defaultPreset: 'bat',
});
