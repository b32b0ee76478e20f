import { definePlugin } from '@ard/core';
import { estimatorComponents } from './estimators.js';
import { strategyComponents } from './strategies.js';

export default definePlugin({
  name: 'fair-controls',
  version: '0.1.0',
  summary: 'Controls for ablation: plain reweighting strategies and difficulty estimators',
  components: [...estimatorComponents, ...strategyComponents],
  presets: [],
});
