import { definePlugin, type PartialConfig, type Preset } from '@ard/core';
import { frlComponent } from './frl.js';

const shared: PartialConfig = {
  method: { id: 'trades', options: { beta: 1.5 } },
  attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
  optimizer: {
    id: 'sgd',
    options: { learningRate: 0.001, momentum: 0.9, weightDecay: 5e-4, nesterov: false },
  },
  schedule: { id: 'multi-step', options: { milestones: [40, 80], gamma: 0.1, drops: 'as-described' } },
  training: { epochs: 40, batchSize: 128 },
};

function preset(id: string, what: string): Preset {
  return {
    id,
    summary: `FRL ${what} on TRADES, beta 1.5, 40 epochs; give a robust student with student.checkpoint`,
    requires: ['adversarial-training', 'attack-gradient', 'optim-sgd'],
    config: { ...shared, strategy: { id } },
  };
}

export default definePlugin({
  name: 'fair-frl',
  version: '0.1.0',
  summary: 'FRL: fair robust learning by reweighting and larger margins (Xu et al., ICML 2021)',
  components: [frlComponent],
  presets: [
    preset('frl', 'with weights and radii'),
    preset('frl-reweight', 'with weights'),
    preset('frl-remargin', 'with radii'),
  ],
  defaultPreset: 'frl',
});
