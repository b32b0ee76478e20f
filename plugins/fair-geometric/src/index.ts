import { definePlugin } from '@ard/core';
import { geometricComponent } from './geometric.js';
import { kappaComponent } from './kappa.js';
import { presets } from './presets.js';

export default definePlugin({
  name: 'fair-geometric',
  version: '0.1.0',
  summary: 'Fair-ARD: class difficulty by kappa and class weights (Yue et al., NeurIPS 2023)',
  components: [kappaComponent, geometricComponent],
  presets,
  defaultPreset: 'fair-rslad',
});
