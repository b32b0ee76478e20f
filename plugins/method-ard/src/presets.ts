import type { Preset } from '@ard/core';

const requires = ['attack-gradient', 'optim-sgd'];
const optimizer = {
  id: 'sgd',
  options: { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4, nesterov: false },
};
const training = { epochs: 200, batchSize: 128 };

function schedule(drops: 'as-released' | 'as-described') {
  return { id: 'multi-step', options: { milestones: [100, 150], gamma: 0.1, drops } };
}

export const presets: readonly Preset[] = [
  {
    id: 'ard',
    summary: 'ARD as released: 200 epochs, the learning rate drops once',
    requires,
    config: { method: { id: 'ard:goldblum' }, optimizer, schedule: schedule('as-released'), training },
  },
  {
    id: 'ard-iad',
    summary: "ARD as IAD's repository runs it, the source of the ARD numbers in IAD's tables",
    requires,
    config: { method: { id: 'ard:iad' }, optimizer, schedule: schedule('as-released'), training },
  },
  {
    id: 'ard-saad',
    summary: "ARD as SAAD's repository runs it, with both drops of the learning rate",
    requires,
    config: { method: { id: 'ard:saad' }, optimizer, schedule: schedule('as-described'), training },
  },
];
