import { definePlugin } from '@ard/core';
import { emaComponent } from './ema.js';
import { swaComponent } from './swa.js';

export default definePlugin({
  name: 'weight-averaging',
  version: '0.1.0',
  summary: 'Running averages of weights: EMA and SWA',
  components: [emaComponent, swaComponent],
  presets: [],
});
