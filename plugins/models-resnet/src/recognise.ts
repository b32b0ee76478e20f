import type { Recognition, TensorShapes } from '@ard/core';
import { countModules } from '@ard/nn';
import { threeGroupDepths } from './resnet-options.js';

/** Reads depth, width and shortcut of a `resnet` off a checkpoint. */
export function recogniseResnet(tensors: TensorShapes): readonly Recognition[] {
  // of all layers the last one has the most channels, and its factor the fewest roundings
  const last = (tensors.get('linear.weight') ?? tensors.get('fc.weight'))?.[1];
  const blocks = [1, 2, 3, 4].map((group) => countModules(tensors, `layer${group}.`));
  if (last === undefined || !tensors.has('bn1.weight') || blocks[0] === 0) return [];
  if (blocks[3] === 0) {
    const depth = 6 * blocks[0]! + 2;
    if (!threeGroupDepths.some((known) => known === depth)) return [];
    const shortcut = tensors.has('fc.weight') ? 'B' : 'A';
    return [{ options: { depth, shortcut, width: last / 64 } }];
  }
  const bottleneck = tensors.has('layer1.0.conv3.weight');
  const depth = bottleneck ? 50 : blocks[0] === 2 ? 18 : 34;
  return [{ options: { depth, width: last / (bottleneck ? 2048 : 512) } }];
}

/** Reads the layout of a `resnet-plain` off a checkpoint. */
export function recogniseResnetPlain(tensors: TensorShapes): readonly Recognition[] {
  if (!tensors.has('linear2.weight') || !tensors.has('layer1.0.conv1.bias')) return [];
  return [{ options: { layout: countModules(tensors, 'layer2.') > 0 ? '4b' : '2b' } }];
}
