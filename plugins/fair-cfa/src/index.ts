import { definePlugin, type PartialConfig } from '@ard/core';
import { cfaComponent } from './cfa.js';
import { fawaComponent } from './fawa.js';

const requires = ['adversarial-training', 'attack-gradient', 'optim-sgd'];

/** TRADES starts beside the clean image, as its own script does; PGD anywhere in the ball of the class. */
function attack(start: 'gaussian' | 'uniform-clipped'): PartialConfig['attack'] {
  return { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start } };
}

const shared: PartialConfig = {
  averaging: { id: 'fawa', options: { decay: 0.88, threshold: 0.24 } },
  optimizer: { id: 'sgd', options: { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: false } },
  schedule: { id: 'piecewise', options: { boundaries: [0.5, 0.75], gamma: 0.1 } },
  // students of the second half
  evaluation: { select: 'robust+worst', selectAttacks: ['pgd:ten'] },
};

const training = { epochs: 200, batchSize: 128, evaluateEvery: 0, evaluateEachFrom: 101 };

export default definePlugin({
  name: 'fair-cfa',
  version: '0.1.0',
  summary: 'CFA: class-wise margins and regularisation, fairness-aware averaging (Wei et al., CVPR 2023)',
  components: [cfaComponent, fawaComponent],
  presets: [
    {
      id: 'cfa',
      summary: 'CFA on TRADES as released for CIFAR-10: 200 epochs, averaged weights',
      requires,
      config: {
        ...shared,
        method: { id: 'trades', options: { beta: 6 } },
        attack: attack('gaussian'),
        strategy: { id: 'cfa', options: { beta: 6 } },
        training: { ...training, attackMode: 'eval' },
      },
    },
    {
      id: 'cfa-at',
      summary: 'CFA on PGD adversarial training as released: margins and averaged weights, 200 epochs',
      requires,
      config: {
        ...shared,
        method: { id: 'pgd-at', options: { attackMode: 'train' } },
        attack: attack('uniform-clipped'),
        strategy: { id: 'cfa', options: { regularisation: false } },
        training: { ...training, attackMode: 'train' },
      },
    },
  ],
  defaultPreset: 'cfa',
});
