import { defineComponent, definePlugin } from '@ard/core';
import { z } from 'zod';

const tfjs = defineComponent({
  kind: 'engine',
  id: 'tfjs',
  summary: 'runs functions eagerly on a tfjs backend; cpu is complete and slow, the oracle of tests',
  options: z.strictObject({
    backend: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .default('cpu')
      .describe(
        'name of a tfjs backend: cpu, or one whose package @tensorflow/tfjs-backend-<name> is installed',
      ),
  }),
  availability: () => Promise.resolve({ available: true, description: 'tfjs, cpu backend, eager' }),
  create: async ({ backend }) => {
    // tfjs takes half a second to import; listing components must not pay for it
    const { createTfjsEngine } = await import('./create-tfjs-engine.js');
    return createTfjsEngine(backend);
  },
});

export default definePlugin({
  name: 'engine-tfjs',
  version: '0.1.0',
  summary: 'Engine on any tfjs backend, without compilation',
  components: [tfjs],
});
