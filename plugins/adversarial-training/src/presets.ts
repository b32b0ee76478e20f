import type { Preset } from '@ard/core';

const requires = ['attack-gradient', 'optim-sgd'];

function sgd(learningRate: number, weightDecay: number) {
  return { id: 'sgd', options: { learningRate, momentum: 0.9, weightDecay, nesterov: false } };
}

function drops(...milestones: number[]) {
  return { id: 'multi-step', options: { milestones, gamma: 0.1, drops: 'as-described' } };
}

export const presets: readonly Preset[] = [
  {
    id: 'trades',
    summary: 'TRADES as released for CIFAR-10: 76 epochs in 0.031, beta 6',
    requires,
    config: {
      method: { id: 'trades', options: { beta: 6 } },
      optimizer: sgd(0.1, 2e-4),
      // from epochs 75, 90 and 100 of a script that counts from 1; the default run ends after the first drop
      schedule: drops(74, 89, 99),
      training: { epochs: 76, batchSize: 128 },
    },
  },
  {
    id: 'trades-mnist',
    summary: 'TRADES as released for MNIST: 100 epochs in 0.3, beta 1',
    requires,
    config: {
      method: { id: 'trades', options: { beta: 1 } },
      attack: { id: 'pgd', options: { epsilon: 0.3, steps: 40, stepSize: 0.01, start: 'gaussian' } },
      optimizer: sgd(0.01, 0),
      schedule: drops(54, 74, 89),
      training: { epochs: 100, batchSize: 128 },
    },
  },
  {
    id: 'pgd-at',
    summary: 'PGD adversarial training as in Rice et al. (2020): 200 epochs, attack in train mode',
    requires,
    config: {
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      optimizer: sgd(0.1, 5e-4),
      schedule: { id: 'piecewise', options: { boundaries: [0.5, 0.75], gamma: 0.1 } },
      training: { epochs: 200, batchSize: 128 },
    },
  },
  {
    id: 'pgd-at-iad',
    summary: "PGD adversarial training of IAD's teacher: 200 epochs, attack in eval mode",
    requires,
    config: {
      method: { id: 'pgd-at', options: { attackMode: 'eval' } },
      optimizer: sgd(0.1, 2e-4),
      schedule: drops(100, 150),
      training: { epochs: 200, batchSize: 128 },
    },
  },
  {
    id: 'pgd-at-svhn',
    summary: 'PGD adversarial training of Rice et al. (2020) for SVHN: smaller steps and a smaller rate',
    requires,
    config: {
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      attack: {
        id: 'pgd',
        options: { epsilon: '8/255', steps: 10, stepSize: '1/255', start: 'uniform-clipped' },
      },
      optimizer: sgd(0.01, 5e-4),
      schedule: { id: 'piecewise', options: { boundaries: [0.5, 0.75], gamma: 0.1 } },
      training: { epochs: 200, batchSize: 128 },
    },
  },
  {
    id: 'pgd-at-madry',
    summary: "PGD adversarial training of Madry et al.'s CIFAR-10 challenge: 80,000 steps are 205 epochs",
    requires,
    config: {
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      optimizer: sgd(0.1, 2e-4),
      schedule: { id: 'piecewise', options: { boundaries: [0.5, 0.75], gamma: 0.1 } },
      training: { epochs: 205, batchSize: 128 },
    },
  },
  {
    id: 'pgd-at-adaad',
    summary: "PGD adversarial training of AdaAD's teacher: 110 epochs, drops just before the end",
    requires,
    config: {
      method: { id: 'pgd-at', options: { attackMode: 'eval' } },
      attack: {
        id: 'pgd',
        options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian-clipped' },
      },
      optimizer: sgd(0.1, 5e-4),
      schedule: drops(100, 105),
      training: { epochs: 110, batchSize: 128 },
    },
  },
  {
    id: 'mart',
    summary: 'MART as released for ResNet-18: 120 epochs in 0.031, beta 5, small rate and large decay',
    requires,
    config: {
      method: { id: 'mart', options: { beta: 5 } },
      optimizer: sgd(0.01, 3.5e-3),
      schedule: drops(74, 89, 99),
      training: { epochs: 120, batchSize: 128 },
    },
  },
  {
    id: 'mart-wide',
    summary: 'MART as released for wide ResNets: 90 epochs in 0.031, beta 6',
    requires,
    config: {
      method: { id: 'mart', options: { beta: 6 } },
      optimizer: sgd(0.1, 7e-4),
      schedule: drops(74, 89, 99),
      training: { epochs: 90, batchSize: 128 },
    },
  },
  {
    id: 'gairat',
    summary: 'GAIRAT for ResNet-18: 100 epochs in 0.031, weights from epoch 30',
    requires,
    config: {
      method: { id: 'gairat', options: { begin: 30 } },
      optimizer: sgd(0.1, 2e-4),
      schedule: drops(30, 60),
      training: { epochs: 100, batchSize: 128 },
    },
  },
  {
    id: 'gairat-wide',
    summary: 'GAIRAT as released for wide ResNets: 120 epochs in 0.031, weights from epoch 60',
    requires,
    config: {
      method: { id: 'gairat', options: { begin: 60 } },
      optimizer: sgd(0.1, 2e-4),
      // a tenth, a hundredth and a two-hundredth of the rate
      schedule: {
        id: 'multi-step',
        options: { milestones: [60, 90, 110], gamma: [0.1, 0.1, 0.5], drops: 'as-described' },
      },
      training: { epochs: 120, batchSize: 128 },
    },
  },
  {
    id: 'friendly-at',
    summary: 'Friendly adversarial training: 120 epochs in 0.031, one more step once misclassified',
    requires,
    config: {
      method: { id: 'friendly-at' },
      optimizer: sgd(0.1, 2e-4),
      // from epochs 60, 90 and 110 of a script that counts from 1
      schedule: {
        id: 'multi-step',
        options: { milestones: [59, 89, 109], gamma: [0.1, 0.1, 0.5], drops: 'as-described' },
      },
      training: { epochs: 120, batchSize: 128 },
    },
  },
  {
    id: 'standard',
    summary: 'Ordinary training on clean images for 200 epochs, trained as the teachers of IAD are',
    requires: ['optim-sgd'],
    config: {
      method: { id: 'standard' },
      optimizer: sgd(0.1, 2e-4),
      schedule: drops(100, 150),
      training: { epochs: 200, batchSize: 128 },
    },
  },
];
