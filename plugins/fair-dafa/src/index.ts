import { definePlugin, type PartialConfig } from '@ard/core';
import { dafaComponent } from './dafa.js';

const requires = ['adversarial-training', 'attack-gradient', 'optim-sgd'];

const shared: PartialConfig = {
  optimizer: { id: 'sgd', options: { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true } },
  schedule: { id: 'multi-step', options: { milestones: [100, 105], gamma: 0.1, drops: 'as-described' } },
};

export default definePlugin({
  name: 'fair-dafa',
  version: '0.1.0',
  summary: 'DAFA: loss weights and radii from distances between classes (Lee et al., ICLR 2024)',
  components: [dafaComponent],
  presets: [
    {
      id: 'dafa',
      summary: 'DAFA on TRADES as released for CIFAR-10: 110 epochs, warm-up of 70',
      requires,
      config: {
        ...shared,
        method: { id: 'trades', options: { beta: 6 } },
        strategy: { id: 'dafa', options: { terms: 'clean' } },
        training: { epochs: 110, batchSize: 128 },
      },
    },
    {
      id: 'dafa-at',
      summary: 'DAFA on PGD adversarial training: 110 epochs, warm-up of 70, single steps',
      requires,
      config: {
        ...shared,
        method: { id: 'pgd-at', options: { attackMode: 'eval' } },
        attack: {
          id: 'pgd',
          options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian' },
        },
        strategy: { id: 'dafa', options: { terms: 'all' } },
        training: { epochs: 110, batchSize: 128, attackMode: 'eval' },
      },
    },
  ],
  defaultPreset: 'dafa',
});
