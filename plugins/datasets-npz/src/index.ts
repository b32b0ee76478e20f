import { definePlugin } from '@ard/core';
import { npz } from './npz.js';

export default definePlugin({
  name: 'datasets-npz',
  version: '0.1.0',
  summary: 'Images and labels in NumPy arrays',
  components: [npz],
});
