import type { Recognition, TensorShapes } from '@ard/core';
import { countModules } from '@ard/nn';

/**
 * Reads the options of a `preact-resnet` off a checkpoint. What its shortcuts are fed with leaves no trace there: of
 * the networks without a last batch norm both kinds are published, with one only the pre-activated.
 */
export function recognisePreactResnet(tensors: TensorShapes): readonly Recognition[] {
  const last = tensors.get('linear.weight')?.[1];
  const blocks = countModules(tensors, 'layer1.');
  if (last === undefined || tensors.has('bn1.weight') || countModules(tensors, 'layer4.') === 0) return [];
  const finalBatchNorm = tensors.has('bn.weight');
  const options = { depth: blocks === 2 ? 18 : 34, width: last / 512, finalBatchNorm };
  const preactivated = { options: { ...options, shortcutInput: 'preactivated' } };
  if (finalBatchNorm) return [preactivated];
  return [preactivated, { options: { ...options, shortcutInput: 'raw' } }];
}
