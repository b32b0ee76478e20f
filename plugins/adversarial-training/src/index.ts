import { definePlugin } from '@ard/core';
import { friendlyAtComponent } from './friendly-at.js';
import { gairatComponent } from './gairat.js';
import { martComponent } from './mart.js';
import { pgdAtComponent } from './pgd-at.js';
import { presets } from './presets.js';
import { standardComponent } from './standard.js';
import { tradesComponent } from './trades.js';

export default definePlugin({
  name: 'adversarial-training',
  version: '0.1.0',
  summary:
    'Training robust networks without a teacher: TRADES, PGD-AT, MART, GAIRAT, friendly, and ordinary training',
  components: [
    tradesComponent,
    pgdAtComponent,
    martComponent,
    gairatComponent,
    friendlyAtComponent,
    standardComponent,
  ],
  presets,
  defaultPreset: 'trades',
});
