import { definePlugin } from '@ard/core';
import { pgdAtComponent } from './pgd-at.js';
import { presets } from './presets.js';
import { tradesComponent } from './trades.js';

export default definePlugin({
  name: 'adversarial-training',
  version: '0.1.0',
  summary: 'Training robust networks without a teacher: TRADES and PGD adversarial training',
  components: [tradesComponent, pgdAtComponent],
  presets,
  defaultPreset: 'trades',
});
