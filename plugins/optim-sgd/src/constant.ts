import { defineComponent, type Schedule } from '@ard/core';
import { z } from 'zod';

/** The same learning rate throughout. */
export function constant(): Schedule {
  return { factor: () => 1 };
}

export const constantComponent = defineComponent({
  kind: 'schedule',
  id: 'constant',
  summary: 'The same learning rate throughout',
  options: z.object({}),
  create: constant,
});
