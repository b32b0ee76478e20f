import { definePlugin } from '@ard/core';
import { rsladComponent } from './rslad.js';

export default definePlugin({
  name: 'method-rslad',
  version: '0.1.0',
  summary: 'Distillation method RSLAD (Zi et al., ICCV 2021)',
  components: [rsladComponent],
  presets: [
    {
      id: 'rslad',
      summary: 'RSLAD as released for ResNet-18 on CIFAR-10: 300 epochs',
      requires: ['attack-gradient', 'optim-sgd'],
      config: {
        method: { id: 'rslad' },
        optimizer: {
          id: 'sgd',
          options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
        },
        schedule: {
          id: 'multi-step',
          options: { milestones: [215, 260, 285], gamma: 0.1, drops: 'as-described' },
        },
        training: { epochs: 300, batchSize: 128, evaluateEvery: 20, evaluateEachFrom: 215 },
        evaluation: { select: 'robust', selectAttacks: ['pgd:t'] },
      },
    },
  ],
  defaultPreset: 'rslad',
});
