import { definePlugin } from '@ard/core';
import { cifar10 } from './cifar10.js';

export default definePlugin({
  name: 'datasets-cifar',
  version: '0.1.0',
  summary: 'CIFAR-10 in the binary layout',
  components: [cifar10],
});
