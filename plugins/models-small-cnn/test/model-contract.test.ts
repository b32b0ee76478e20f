import { modelContract } from '@ard/testkit';
import { buildModel } from './support/build-model.js';

for (const [layout, widths, size] of [
  ['batch-norm', [4, 6], 8],
  ['strided', [4, 6], 8],
  ['trades-mnist', [4, 6], 16],
] as const) {
  modelContract({
    name: `small-cnn:${layout}`,
    create: () => buildModel('small-cnn', { layout, widths }, { height: size, width: size, channels: 1 }, 4),
  });
}
