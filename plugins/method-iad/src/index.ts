import { definePlugin, type Preset } from '@ard/core';
import { akd2Component } from './akd2.js';
import { iadTwoComponent } from './iad-ii.js';
import { iadComponent } from './iad.js';

/** All three scripts train alike; the second drop of the learning rate does nothing in them. */
function preset(id: string, summary: string): Preset {
  return {
    id,
    summary,
    requires: ['attack-gradient', 'optim-sgd'],
    config: {
      method: { id },
      optimizer: {
        id: 'sgd',
        options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
      },
      schedule: { id: 'multi-step', options: { milestones: [100, 150], gamma: 0.1, drops: 'as-released' } },
      training: { epochs: 200, batchSize: 128, evaluateEvery: 1 },
      evaluation: { select: 'robust', selectAttacks: ['pgd:train10'] },
    },
  };
}

export default definePlugin({
  name: 'method-iad',
  version: '0.1.0',
  summary: 'Introspective adversarial distillation: IAD-I, IAD-II and AKD2 (Zhu et al., ICLR 2022)',
  components: [iadComponent, iadTwoComponent, akd2Component],
  presets: [
    preset('iad', 'IAD-I as released: 200 epochs, the student looks at itself from epoch 60'),
    preset('iad-ii', 'IAD-II as released: two teachers, the student looks at itself from epoch 40'),
    preset('akd2', "AKD2 as IAD's repository runs it: two teachers and the label"),
  ],
  defaultPreset: 'iad',
});
