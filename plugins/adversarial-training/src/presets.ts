import type { PartialConfig, Preset } from '@ard/core';
import { friendlyAttack } from './friendly-attack.js';

type Choice = NonNullable<PartialConfig['schedule']>;

function sgd(learningRate: number, weightDecay: number): Choice {
  return { id: 'sgd', options: { learningRate, momentum: 0.9, weightDecay, nesterov: false } };
}

function drops(milestones: readonly number[], gamma: number | readonly number[] = 0.1): Choice {
  return { id: 'multi-step', options: { milestones, gamma, drops: 'as-described' } };
}

/** Halves and quarters of the training, as in the script of Rice et al. */
const pieces: Choice = { id: 'piecewise', options: { boundaries: [0.5, 0.75], gamma: 0.1 } };

function pgd(epsilon: string | number, steps: number, stepSize: string | number, start: string): Choice {
  return { id: 'pgd', options: { epsilon, steps, stepSize, start } };
}

/** The best student of every epoch, as GAIRAT's scripts keep it. */
const gairatSelection = {
  evaluation: { select: 'robust', selectAttacks: ['pgd:gairat'] },
  training: { evaluateEvery: 1 },
};

/** The best student of every epoch on the images of the evaluation, which for Rice et al. is 10 steps. */
const riceSelection = {
  evaluation: { select: 'robust', selectAttacks: ['pgd:ten'] },
  training: { evaluateEvery: 1 },
};

/** What all presets have in common: plugins that they need, and batches of 128. */
function preset(
  id: string,
  summary: string,
  epochs: number,
  config: Pick<PartialConfig, 'method' | 'attack' | 'optimizer' | 'schedule' | 'evaluation'> & {
    readonly training?: PartialConfig['training'];
  },
): Preset {
  return {
    id,
    summary,
    requires: [...(id === 'standard' ? [] : ['attack-gradient']), 'optim-sgd'],
    config: { ...config, training: { epochs, batchSize: 128, ...config.training } },
  };
}

// A script that counts epochs from 1 and drops from its epoch 75 has the milestone 74.
export const presets: readonly Preset[] = [
  // the default run of the script ends after the first drop
  preset('trades', 'TRADES as released for CIFAR-10: 76 epochs in 0.031, beta 6', 76, {
    method: { id: 'trades', options: { beta: 6 } },
    optimizer: sgd(0.1, 2e-4),
    schedule: drops([74, 89, 99]),
  }),
  preset('trades-mnist', 'TRADES as released for MNIST: 100 epochs in 0.3, beta 1', 100, {
    method: { id: 'trades', options: { beta: 1 } },
    attack: pgd(0.3, 40, 0.01, 'gaussian'),
    optimizer: sgd(0.01, 0),
    schedule: drops([54, 74, 89]),
  }),
  preset(
    'pgd-at',
    'PGD adversarial training as in Rice et al. (2020): 200 epochs, attack in train mode',
    200,
    {
      ...riceSelection,
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      optimizer: sgd(0.1, 5e-4),
      schedule: pieces,
    },
  ),
  preset('pgd-at-iad', "PGD adversarial training of IAD's teacher: 200 epochs, attack in eval mode", 200, {
    method: { id: 'pgd-at', options: { attackMode: 'eval' } },
    optimizer: sgd(0.1, 2e-4),
    schedule: drops([100, 150]),
  }),
  preset(
    'pgd-at-svhn',
    'PGD adversarial training of Rice et al. (2020) for SVHN: smaller steps and a smaller rate',
    200,
    {
      ...riceSelection,
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      attack: pgd('8/255', 10, '1/255', 'uniform-clipped'),
      optimizer: sgd(0.01, 5e-4),
      schedule: pieces,
    },
  ),
  preset(
    'pgd-at-madry',
    "PGD adversarial training of Madry et al.'s CIFAR-10 challenge: 80,000 steps are 205 epochs",
    205,
    {
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      optimizer: sgd(0.1, 2e-4),
      schedule: pieces,
    },
  ),
  // 100,000 steps of 50 images
  preset(
    'pgd-at-madry-mnist',
    "PGD adversarial training of Madry et al.'s MNIST challenge: 40 steps of 0.01 in 0.3, batches of 50",
    84,
    {
      method: { id: 'pgd-at', options: { attackMode: 'train' } },
      attack: pgd(0.3, 40, 0.01, 'uniform-clipped'),
      optimizer: sgd(0.01, 0),
      schedule: { id: 'constant' },
      training: { batchSize: 50 },
    },
  ),
  preset(
    'pgd-at-adaad',
    "PGD adversarial training of AdaAD's teacher: 110 epochs, drops just before the end",
    110,
    {
      ...riceSelection,
      method: { id: 'pgd-at', options: { attackMode: 'eval' } },
      attack: pgd('8/255', 10, '2/255', 'gaussian-clipped'),
      optimizer: sgd(0.1, 5e-4),
      schedule: drops([100, 105]),
    },
  ),
  preset(
    'mart',
    'MART as released for ResNet-18: 120 epochs in 0.031, beta 5, small rate and large decay',
    120,
    {
      method: { id: 'mart', options: { beta: 5 } },
      optimizer: sgd(0.01, 3.5e-3),
      schedule: drops([74, 89, 99]),
    },
  ),
  preset('mart-wide', 'MART as released for wide ResNets: 90 epochs in 0.031, beta 6', 90, {
    method: { id: 'mart', options: { beta: 6 } },
    optimizer: sgd(0.1, 7e-4),
    schedule: drops([74, 89, 99]),
  }),
  // weights from epoch 30, drops at 30 % and 60 % of the epochs, both counted from 1
  preset('gairat', 'GAIRAT for ResNet-18: 100 epochs in 0.031, weights from epoch 30', 100, {
    ...gairatSelection,
    method: { id: 'gairat', options: { begin: 29 } },
    optimizer: sgd(0.1, 2e-4),
    schedule: drops([29, 59]),
  }),
  // a tenth, a hundredth and a two-hundredth of the rate
  preset(
    'gairat-wide',
    'GAIRAT as released for wide ResNets: 120 epochs in 0.031, weights from epoch 60',
    120,
    {
      ...gairatSelection,
      method: { id: 'gairat', options: { begin: 59 } },
      optimizer: sgd(0.1, 2e-4),
      schedule: drops([59, 89, 109], [0.1, 0.1, 0.5]),
    },
  ),
  preset(
    'gair-fat',
    'GAIRAT on friendly images for wide ResNets: 120 epochs, the attack goes further in two stages',
    120,
    {
      ...gairatSelection,
      method: { id: 'gairat', options: { begin: 59, lambda: 0 } },
      attack: friendlyAttack([0, 3, 6], [40, 70]),
      optimizer: sgd(0.1, 2e-4),
      schedule: drops([59, 89, 109], [0.1, 0.1, 0.5]),
    },
  ),
  preset(
    'friendly-at',
    'Friendly adversarial training: 120 epochs in 0.031, at first without any step too many',
    120,
    {
      method: { id: 'friendly-at' },
      optimizer: sgd(0.1, 2e-4),
      schedule: drops([59, 89, 109], [0.1, 0.1, 0.5]),
    },
  ),
  preset(
    'standard',
    'Ordinary training on clean images for 200 epochs, trained as the teachers of IAD are',
    200,
    {
      method: { id: 'standard' },
      optimizer: sgd(0.1, 2e-4),
      schedule: drops([100, 150]),
    },
  ),
];
