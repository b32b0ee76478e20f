import { definePlugin } from '@ard/core';
import { watComponent } from './wat.js';

export default definePlugin({
  name: 'fair-wat',
  version: '0.1.0',
  summary: 'WAT: worst-class weights by hedging on validation cost (Li and Liu, AAAI 2023)',
  components: [watComponent],
  presets: [
    {
      id: 'wat',
      summary: 'WAT on TRADES as released for CIFAR-10: 100 epochs, 300 images per class held out',
      requires: ['adversarial-training', 'attack-gradient', 'optim-sgd'],
      config: {
        method: { id: 'trades', options: { beta: 6 } },
        strategy: { id: 'wat', options: { rate: 0.1, validationPerClass: 300 } },
        optimizer: {
          id: 'sgd',
          options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
        },
        // from epochs 75, 90 and 100 of a script that counts from 1
        schedule: {
          id: 'multi-step',
          options: { milestones: [74, 89, 99], gamma: 0.1, drops: 'as-described' },
        },
        training: { epochs: 100, batchSize: 128 },
      },
    },
  ],
  defaultPreset: 'wat',
});
