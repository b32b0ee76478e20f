import type { PartialConfig, Preset } from '@ard/core';

/** What the released fair variants share; the base methods differ by plain instead of Nesterov momentum. */
const shared: PartialConfig = {
  estimator: { id: 'kappa', options: { mode: 'count', denominator: 'balanced' } },
  strategy: {
    id: 'geometric',
    options: { beta: 2, offset: 1e-5, clip: true, minimum: '5/6', maximum: '5/2', renormalise: false },
  },
  optimizer: { id: 'sgd', options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: true } },
};

export const presets: readonly Preset[] = [
  {
    id: 'fair-rslad',
    summary: 'Fair-RSLAD as released for CIFAR-10: RSLAD with class weights by kappa, 300 epochs',
    requires: ['method-rslad', 'attack-gradient', 'optim-sgd'],
    config: {
      ...shared,
      method: { id: 'rslad' },
      schedule: {
        id: 'multi-step',
        options: { milestones: [215, 260, 285], gamma: 0.1, drops: 'as-described' },
      },
      training: { epochs: 300, batchSize: 128 },
    },
  },
  {
    id: 'fair-ard',
    summary: 'Fair-ARD as released for CIFAR-10: ARD with class weights by kappa, 200 epochs',
    requires: ['method-ard', 'attack-gradient', 'optim-sgd'],
    config: {
      ...shared,
      method: { id: 'ard:goldblum' },
      schedule: { id: 'multi-step', options: { milestones: [100, 150], gamma: 0.1, drops: 'as-released' } },
      training: { epochs: 200, batchSize: 128 },
    },
  },
  {
    id: 'fair-iad',
    summary: 'Fair-IAD as released for CIFAR-10: IAD-I with class weights by kappa, 200 epochs',
    requires: ['method-iad', 'attack-gradient', 'optim-sgd'],
    config: {
      ...shared,
      method: { id: 'iad:fair' },
      schedule: { id: 'multi-step', options: { milestones: [100, 150], gamma: 0.1, drops: 'as-released' } },
      training: { epochs: 200, batchSize: 128 },
    },
  },
  {
    id: 'fair-mtard',
    summary: 'Fair-MTARD for CIFAR-10: MTARD with class weights by kappa, 300 epochs',
    requires: ['method-mtard', 'attack-gradient', 'optim-sgd'],
    config: {
      ...shared,
      method: { id: 'mtard', options: { cleanTeacherTarget: 'clean' } },
      schedule: {
        id: 'multi-step',
        options: { milestones: [215, 260, 285], gamma: 0.1, drops: 'as-described' },
      },
      training: { epochs: 300, batchSize: 128 },
    },
  },
];
