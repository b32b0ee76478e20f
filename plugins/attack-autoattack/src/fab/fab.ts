import { defineComponent, type Attack, type Fraction } from '@ard/core';
import { z } from 'zod';
import {
  batchSizeOption,
  epsilonOption,
  normOf,
  normOption,
  restartsOption,
  stopWhenBrokenOption,
  radiusOf,
} from '../options.js';
import { memberAttack } from '../search/member-attack.js';
import { fabMember } from './fab-member.js';

export interface FabOptions {
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  readonly targeted: boolean;
  readonly iterations: number;
  readonly restarts: number;
  readonly targets: number;
  readonly stopWhenBroken: boolean;
  readonly batchSize: number;
}

/**
 * The fast adaptive boundary attack on its own (Croce and Hein, ICML 2020). Looks for the nearest image that the
 * network is wrong about and returns it where it lies inside the ball, else the clean image.
 */
export function fab(options: FabOptions): Attack {
  const { epsilon, norm, targeted, iterations, restarts, targets } = options;
  const member = fabMember(targeted ? 'fab-t' : 'fab', { ...options, norm: normOf(norm) });
  const towards = targeted ? `${targets} targets` : 'untargeted';
  return memberAttack([member], {
    epsilon: radiusOf('fab', norm, epsilon),
    batchSize: options.batchSize,
    norm,
    description: `FAB ${norm}, epsilon ${epsilon}, ${towards}, ${iterations} iterations, ${restarts} restart${restarts > 1 ? 's' : ''}`,
  });
}

export const fabComponent = defineComponent({
  kind: 'attack',
  id: 'fab',
  summary: 'Fast adaptive boundary attack: the nearest image that is misclassified (Croce and Hein, 2020)',
  options: z.object({
    epsilon: epsilonOption,
    norm: normOption,
    targeted: z
      .boolean()
      .default(true)
      .describe(
        'towards each target class in turn; otherwise towards the nearest boundary, which takes a gradient per class',
      ),
    iterations: z.int().min(1).max(10000).default(100).describe('updates of each try, 1 or more'),
    restarts: restartsOption,
    targets: z.int().min(1).default(9).describe('target classes, the best first; at most all but the label'),
    stopWhenBroken: stopWhenBrokenOption,
    batchSize: batchSizeOption,
  }),
  variants: {
    t: { summary: 'towards nine target classes', options: { targeted: true } },
    untargeted: { summary: 'towards the nearest boundary', options: { targeted: false } },
  },
  create: fab,
});
