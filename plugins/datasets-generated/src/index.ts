import { definePlugin } from '@ard/core';
import { generated } from './generated.js';

export default definePlugin({
  name: 'datasets-generated',
  version: '0.1.0',
  summary: 'Painted images of unequal class difficulty, made on the fly',
  components: [generated],
});
