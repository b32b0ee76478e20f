import { buildModel, modelContract } from '@ard/testkit';
import plugin from '../src/index.js';

const shape = { height: 8, width: 8, channels: 3 };

for (const [name, id, options] of [
  ['resnet-18, narrow', 'resnet', { depth: 18, width: 1 / 16 }],
  ['resnet-50, narrow', 'resnet', { depth: 50, width: 1 / 32 }],
  ['resnet-8', 'resnet', { depth: 8, width: 0.25 }],
  ['resnet-8 with projections', 'resnet', { depth: 8, width: 0.25, shortcut: 'B', mean: [0.5], std: [0.25] }],
  ['resnet-plain:2b', 'resnet-plain', { layout: '2b' }],
  ['resnet-plain:4b', 'resnet-plain', { layout: '4b' }],
] as const) {
  modelContract({ name, create: () => buildModel(plugin, id, options, shape, 4) });
}
