import { buildModel, modelContract } from '@ard/testkit';
import plugin from '../src/index.js';

for (const [layout, widths, size] of [
  ['batch-norm', [4, 6], 8],
  ['strided', [4, 6], 8],
  ['trades-mnist', [4, 6], 16],
  ['trades-net', [4, 6], 16],
  ['madry-mnist', [3, 4], 5],
  ['gairat-cifar', [3, 4, 5], 8],
] as const) {
  modelContract({
    name: `small-cnn:${layout}`,
    create: () =>
      buildModel(plugin, 'small-cnn', { layout, widths }, { height: size, width: size, channels: 1 }, 4),
  });
}
