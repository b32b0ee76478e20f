import { definePlugin, type ComponentChoice, type PartialConfig, type Preset } from '@ard/core';
import { adaIadComponent } from './ada-iad.js';
import { adaadComponent } from './adaad.js';
import { klToTeacherAtIterateComponent } from './kl-to-teacher-at-iterate.js';

/** All train alike: weight decay is larger than in the other distillation methods, and both drops take place. */
function preset(id: string, summary: string, method: ComponentChoice, more: PartialConfig = {}): Preset {
  return {
    id,
    summary,
    requires: ['attack-gradient', 'optim-sgd'],
    config: {
      method,
      optimizer: {
        id: 'sgd',
        options: { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: false },
      },
      schedule: { id: 'multi-step', options: { milestones: [100, 150], gamma: 0.1, drops: 'as-described' } },
      training: { epochs: 200, batchSize: 128, evaluateEvery: 1 },
      evaluation: { select: 'robust', selectAttacks: ['pgd:ten'] },
      ...more,
    },
  };
}

export default definePlugin({
  name: 'method-adaad',
  version: '0.1.0',
  summary: 'Adaptive adversarial distillation: AdaAD and AdaIAD (Huang et al., CVPR 2023)',
  components: [adaadComponent, adaIadComponent, klToTeacherAtIterateComponent],
  presets: [
    preset('adaad', 'AdaAD as released for CIFAR-10: mean over classes, 200 epochs', {
      id: 'adaad',
      options: { classReduction: 'mean' },
    }),
    preset('adaad-cifar100', 'AdaAD as released for CIFAR-100: sum over classes', {
      id: 'adaad',
      options: { classReduction: 'sum' },
    }),
    preset(
      'adaad-16',
      'AdaAD for the larger radius: 16/255 in steps of 4/255',
      { id: 'adaad', options: { classReduction: 'mean' } },
      {
        attack: {
          id: 'pgd',
          options: { epsilon: '16/255', steps: 10, stepSize: '4/255', start: 'gaussian' },
        },
      },
    ),
    preset('ada-iad', 'AdaIAD as released: temperature 30, the student looks at itself from epoch 60', {
      id: 'ada-iad',
    }),
  ],
  defaultPreset: 'adaad',
});
