import { definePlugin, type Preset } from '@ard/core';
import { bMtardComponent } from './b-mtard.js';
import { mtardComponent } from './mtard.js';

function preset(id: string, summary: string, select: 'robust' | 'clean+robust'): Preset {
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
      schedule: {
        id: 'multi-step',
        options: { milestones: [215, 260, 285], gamma: 0.1, drops: 'as-described' },
      },
      training: { epochs: 300, batchSize: 128, evaluateEvery: 20, evaluateEachFrom: 215 },
      evaluation: { select, selectAttacks: ['pgd:t'] },
    },
  };
}

export default definePlugin({
  name: 'method-mtard',
  version: '0.1.0',
  summary: 'Distillation from a robust and a clean teacher: MTARD and B-MTARD (Zhao et al.)',
  components: [mtardComponent, bMtardComponent],
  presets: [
    preset('mtard', 'MTARD as released: 300 epochs, two teachers', 'robust'),
    preset('b-mtard', 'B-MTARD as released: 300 epochs, two teachers with temperatures', 'clean+robust'),
  ],
  defaultPreset: 'mtard',
});
