import { definePlugin } from '@ard/core';
import { svhn } from './svhn.js';

export default definePlugin({
  name: 'datasets-svhn',
  version: '0.1.0',
  summary: 'SVHN from its MATLAB files',
  components: [svhn],
});
