import { definePlugin } from '@ard/core';
import { absldComponent } from './absld.js';

export default definePlugin({
  name: 'fair-absld',
  version: '0.1.0',
  summary: 'ABSLD: teacher temperatures per class (Zhao et al., NeurIPS 2024)',
  components: [absldComponent],
  presets: [
    {
      id: 'absld',
      summary: 'ABSLD on RSLAD for CIFAR-10: 300 epochs, separate temperatures',
      requires: ['method-rslad', 'attack-gradient', 'optim-sgd'],
      config: {
        method: { id: 'rslad' },
        strategy: { id: 'absld' },
        optimizer: {
          id: 'sgd',
          options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
        },
        schedule: {
          id: 'multi-step',
          options: { milestones: [215, 260, 285], gamma: 0.1, drops: 'as-described' },
        },
        training: { epochs: 300, batchSize: 128, evaluateEvery: 10, evaluateEachFrom: 215 },
        evaluation: { select: 'robust+worst', selectAttacks: ['pgd:t'] },
      },
    },
  ],
  defaultPreset: 'absld',
});
