import { defineComponent, definePlugin } from '@ard/core';
import { robustError, robustErrorOptions } from './robust-error.js';

export default definePlugin({
  name: 'robust-error',
  version: '0.1.0',
  summary: 'Classes with a larger robust error get a larger loss weight',
  components: [
    defineComponent({
      kind: 'strategy',
      id: 'robust-error',
      summary: 'Loss weights by smoothed robust training error',
      options: robustErrorOptions,
      create: robustError,
    }),
  ],
  presets: [
    {
      id: 'robust-error',
      summary: 'Adds the strategy to whatever method the run has',
      config: { strategy: { id: 'robust-error' } },
    },
  ],
  defaultPreset: 'robust-error',
});
