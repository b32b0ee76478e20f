import type { Recognition, TensorShapes } from '@ard/core';
import { countModules } from '@ard/nn';
import { cifar10, cifar100, mnist } from './published-normalisation.js';

/** Reads the options of a `wide-resnet` off a checkpoint. */
export function recogniseWideResnet(tensors: TensorShapes): readonly Recognition[] {
  return tensors.has('init_conv.weight') ? deepmind(tensors) : trades(tensors);
}

function trades(tensors: TensorShapes): readonly Recognition[] {
  const blocks = countModules(tensors, 'block1.layer.');
  const last = tensors.get('fc.weight')?.[1];
  if (blocks === 0 || last === undefined) return [];
  const subBlock1 = countModules(tensors, 'sub_block1.layer.') > 0;
  return [{ options: { style: 'trades', depth: 6 * blocks + 4, widenFactor: last / 64, subBlock1 } }];
}

/** The normalisation is part of the code of these networks, and no tensor. */
function deepmind(tensors: TensorShapes): readonly Recognition[] {
  const blocks = countModules(tensors, 'layer.0.block.');
  const last = tensors.get('logits.weight')?.[1];
  const channels = tensors.get('init_conv.weight')?.[1];
  const classes = tensors.get('logits.weight')?.[0];
  if (blocks === 0 || last === undefined) return [];
  const [data, normalisation] =
    channels === 1
      ? (['MNIST', mnist] as const)
      : classes === 100
        ? (['CIFAR-100', cifar100] as const)
        : (['CIFAR-10', cifar10] as const);
  return [
    {
      options: {
        style: 'deepmind',
        activation: 'swish',
        depth: 6 * blocks + 4,
        widenFactor: last / 64,
        ...normalisation,
      },
      assumed: `activation swish and the mean and std of ${data}, as in the code of the published networks of this style`,
    },
  ];
}
