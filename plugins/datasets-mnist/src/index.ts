import { definePlugin } from '@ard/core';
import { fashionMnist, mnist } from './mnist.js';

export default definePlugin({
  name: 'datasets-mnist',
  version: '0.1.0',
  summary: 'Fashion-MNIST and MNIST from idx files',
  components: [fashionMnist, mnist],
});
