import { definePlugin } from '@ard/core';
import { ardComponent } from './ard.js';
import { presets } from './presets.js';

export default definePlugin({
  name: 'method-ard',
  version: '0.1.0',
  summary: 'Distillation method ARD (Goldblum et al., AAAI 2020)',
  components: [ardComponent],
  presets,
  defaultPreset: 'ard',
});
