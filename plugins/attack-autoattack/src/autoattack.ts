import { defineComponent, type Attack, type Component, type Fraction } from '@ard/core';
import { z } from 'zod';
import { apgdMember } from './apgd/apgd-member.js';
import { fabMember } from './fab/fab-member.js';
import { batchSizeOption, epsilonOption, normOf, normOption, restartsOption, radiusOf } from './options.js';
import { memberAttack } from './search/member-attack.js';
import type { Member } from './search/search.js';
import { squareMember } from './square/square-member.js';
import { queriesOption, rescaleScheduleOption, squaresOf } from './square/square.js';

const attackNames = ['apgd-ce', 'apgd-dlr', 'apgd-t', 'fab', 'fab-t', 'square'] as const;
type AttackName = (typeof attackNames)[number];

export interface AutoAttackOptions {
  readonly epsilon: Fraction;
  readonly norm: 'linf' | 'l2';
  readonly attacks: readonly AttackName[];
  readonly iterations: number;
  readonly restarts: number;
  readonly targets: number | 'all';
  readonly queries: number;
  readonly rescaleSchedule: boolean;
  readonly gradientSamples: number;
  readonly batchSize: number;
}

const standard: readonly AttackName[] = ['apgd-ce', 'apgd-t', 'fab-t', 'square'];

/** More classes than any network here has; members take what there is. */
const everyTarget = 100000;
/** Targets that the declared number of passes reckons with where they cannot be known. */
const usualTargets = 9;

/**
 * AutoAttack (Croce and Hein, ICML 2020) as the authors' `autoattack` package runs it: the attacks in order, each
 * on the examples that none before has broken. An example counts as robust when all of them fail.
 *
 * @throws ArdError for an epsilon above 1 in ℓ∞
 */
export function autoattack(options: AutoAttackOptions): Attack {
  const { epsilon, norm, attacks, iterations } = options;
  const members = attacks.map((name) => memberOf(name, options));
  return memberAttack(members, {
    epsilon: radiusOf('autoattack', norm, epsilon),
    batchSize: options.batchSize,
    norm,
    description: `${nameOf(options)} ${norm}, epsilon ${epsilon}, ${attacks.join(', ')}, ${iterations} iterations`,
  });
}

/** Only what the authors call standard is called AutoAttack without more words. */
function nameOf(options: AutoAttackOptions): string {
  const sameAttacks = options.attacks.join() === standard.join();
  const { iterations, restarts, targets, queries, rescaleSchedule, gradientSamples } = options;
  const isStandard =
    sameAttacks &&
    iterations === 100 &&
    restarts === 1 &&
    targets === 9 &&
    queries === 5000 &&
    !rescaleSchedule &&
    gradientSamples === 1;
  return isStandard ? 'AutoAttack standard' : 'AutoAttack, not standard:';
}

function memberOf(name: AttackName, options: AutoAttackOptions): Member {
  const { iterations, restarts, gradientSamples, queries, rescaleSchedule } = options;
  const norm = normOf(options.norm);
  const targets = options.targets === 'all' ? everyTarget : options.targets;
  const stopWhenBroken = true;
  const common = { norm, iterations, targets, gradientSamples, randomStart: true, stopWhenBroken };
  switch (name) {
    case 'apgd-ce':
      return apgdMember(name, { ...common, loss: 'ce', restarts });
    case 'apgd-dlr':
      return apgdMember(name, { ...common, loss: 'dlr', restarts });
    case 'apgd-t':
      return counted(options, apgdMember, name, { ...common, loss: 'dlr-targeted', restarts: 1 });
    case 'fab':
      return fabMember(name, { ...common, targeted: false, restarts });
    case 'fab-t':
      return counted(options, fabMember, name, { ...common, targeted: true, restarts: 1 });
    case 'square':
      return squareMember(name, {
        squares: squaresOf(options.norm),
        schedule: { queries, initialShare: 0.8, rescale: rescaleSchedule },
        restarts: 1,
        stopWhenBroken,
      });
  }
}

/** A targeted member that declares the passes of the usual number of targets when it takes all there are. */
function counted<Settings extends { readonly targets: number }>(
  { targets }: AutoAttackOptions,
  make: (name: string, settings: Settings) => Member,
  name: string,
  settings: Settings,
): Member {
  const member = make(name, settings);
  if (targets !== 'all') return member;
  return { ...member, passes: make(name, { ...settings, targets: usualTargets }).passes };
}

const variants: Component['variants'] = {
  standard: {
    summary: 'apgd-ce, apgd-t, fab-t, square: the version that papers and leaderboards mean',
    options: { attacks: standard, iterations: 100, restarts: 1, targets: 9, queries: 5000 },
  },
  l2: {
    summary: 'the standard version in l2, radius 0.5',
    options: { norm: 'l2', epsilon: 0.5, attacks: standard, iterations: 100, restarts: 1, targets: 9 },
  },
  plus: {
    summary: 'six attacks, the untargeted ones five times: slower, seldom stronger',
    options: {
      attacks: ['apgd-ce', 'apgd-dlr', 'fab', 'square', 'apgd-t', 'fab-t'],
      iterations: 100,
      restarts: 5,
      targets: 9,
      queries: 5000,
    },
  },
  rand: {
    summary: 'apgd-ce, apgd-dlr with 20 gradients averaged: for networks that draw random numbers',
    options: { attacks: ['apgd-ce', 'apgd-dlr'], iterations: 100, gradientSamples: 20 },
  },
  custom: {
    summary: 'the attacks of your list `attacks`, apgd-ce and square unless told otherwise',
    options: { attacks: ['apgd-ce', 'square'] },
  },
  torchattacks: {
    summary: "torchattacks' version with 10 iterations, by which Fair-ARD was evaluated; not AutoAttack",
    options: {
      attacks: standard,
      iterations: 10,
      restarts: 1,
      targets: 'all',
      queries: 5000,
      rescaleSchedule: true,
    },
  },
};

export const autoattackComponent = defineComponent({
  kind: 'attack',
  id: 'autoattack',
  summary: 'AutoAttack: APGD, targeted APGD, FAB and Square in turn (Croce and Hein, 2020)',
  options: z.object({
    epsilon: epsilonOption,
    norm: normOption,
    attacks: z
      .array(z.enum(attackNames))
      .min(1)
      .default([...standard])
      .describe(`attacks in the order in which they run, of ${attackNames.join(', ')}`),
    iterations: z
      .int()
      .min(1)
      .max(10000)
      .default(100)
      .describe('updates of each try of APGD and FAB, 1 or more'),
    restarts: restartsOption.describe('independent tries of apgd-ce, apgd-dlr and fab, 1 or more'),
    targets: z
      .union([z.int().min(1), z.literal('all')])
      .default(9)
      .describe(
        'target classes of apgd-t and fab-t, the best first: a number, at most all but the label, or all',
      ),
    queries: queriesOption,
    rescaleSchedule: rescaleScheduleOption,
    gradientSamples: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('gradients averaged per iteration of APGD, for networks that draw random numbers; 1 or more'),
    batchSize: batchSizeOption,
  }),
  variants,
  create: autoattack,
});
