import { definePlugin } from '@ard/core';
import { cifar10 } from './cifar10.js';
import { cifar100 } from './cifar100.js';

export default definePlugin({
  name: 'datasets-cifar',
  version: '0.1.0',
  summary: 'CIFAR-10 and CIFAR-100, in the binary and the Python layout',
  components: [cifar10, cifar100],
});
