import { definePlugin, type PartialConfig } from '@ard/core';
import { fatComponent } from './fat.js';

const requires = ['adversarial-training', 'attack-gradient', 'optim-sgd'];

/** Of both scripts: cross-entropy, on TRADES as well. */
const attack = {
  id: 'pgd',
  options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'uniform-clipped' },
};

const shared: PartialConfig = {
  strategy: { id: 'fat', options: { alpha: 0.1, length: 'classes' } },
  optimizer: { id: 'sgd', options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false } },
  // 0.1, 0.01 and 0.005 of the rate from epochs 60, 90 and 110 of a script that counts from 1
  schedule: {
    id: 'multi-step',
    options: { milestones: [59, 89, 109], gamma: [0.1, 0.1, 0.5], drops: 'as-described' },
  },
};

export default definePlugin({
  name: 'fair-fat',
  version: '0.1.0',
  summary: 'FAT: variance of class risks in the loss (Ma et al., NeurIPS 2022)',
  components: [fatComponent],
  presets: [
    {
      id: 'fat',
      summary: 'FAT on PGD adversarial training: 120 epochs, attack in eval mode',
      requires,
      config: {
        ...shared,
        method: { id: 'pgd-at', options: { attackMode: 'eval' } },
        attack,
        training: { epochs: 120, batchSize: 128, attackMode: 'eval' },
      },
    },
    {
      id: 'fat-trades',
      summary: 'FAT on TRADES: 120 epochs',
      requires,
      config: {
        ...shared,
        method: { id: 'trades', options: { beta: 6 } },
        attack,
        objective: { id: 'cross-entropy' },
        training: { epochs: 120, batchSize: 128, attackMode: 'eval' },
      },
    },
  ],
  defaultPreset: 'fat',
});
