import { z } from 'zod';
import { fraction } from '../fraction.js';
import { selections } from './selection.js';

/** How a network is evaluated; paths `evaluation.*` of `--set`. */
export const evaluationOptions = z.strictObject({
  attacks: z
    .array(
      z.union([
        z.string(),
        z.strictObject({ id: z.string(), options: z.record(z.string(), z.unknown()).default({}) }),
      ]),
    )
    .min(1)
    .default(['pgd:s'])
    .describe(
      'attacks in the order in which they run, by id or variant, or as { id, options }; an image counts as robust when' +
        ' it withstands all of them',
    ),
  objective: z.string().default('cross-entropy').describe('what gradient attacks maximise'),
  batchSize: z.int().min(1).default(250).describe('images attacked at a time'),
  poolSize: z
    .int()
    .min(1)
    .default(1000)
    .describe(
      'images among which batches are refilled as they break, and after which progress is saved; 1 or more',
    ),
  everyAttackOnAll: z
    .boolean()
    .default(false)
    .describe('run every attack on all images instead of on those that no attack before it has broken'),
  saveAdversarials: z
    .enum(['8bit', 'float', 'none'])
    .default('8bit')
    .describe('how the images that broke samples are kept'),
  checkSamples: z.int().min(0).default(32).describe('images that the sanity checks look at; 0 for no checks'),
  accept: z
    .array(z.string())
    .default([])
    .describe('sanity checks whose failure was looked at and does not mark the result'),
  seed: z.int().min(0).default(0).describe('seed of the random starts, 0 or more'),
  standardDeviationDdof: z
    .union([z.literal(0), z.literal(1)])
    .default(0)
    .describe('NSD with the population (0) or sample (1) standard deviation over classes; tables state it'),
  interval: z
    .enum(['wilson', 'bootstrap'])
    .default('wilson')
    .describe('95 % intervals of accuracies; those of worst 30 %, NSD and gap are always bootstrapped'),
  resamples: z
    .int()
    .min(100)
    .default(1000)
    .describe('bootstrap resamples, drawn within classes from the seed'),
  select: z
    .enum(selections)
    .default('last')
    .describe(
      'which student of the evaluations during training is kept beside the last one: none (last), or that with the' +
        ' largest robust accuracy, sum of average and worst class, or sum of clean and robust',
    ),
  selectAttacks: z
    .array(z.string())
    .default([])
    .describe(
      'attacks of the evaluations during training where there is a selection; empty is those of attacks',
    ),
  epsilons: z
    .array(fraction({ min: 0, max: 1 }))
    .default([])
    .describe(
      'radii to measure accuracy at besides, for a curve; steps of attacks are scaled with the radius',
    ),
});

export type EvaluationOptions = z.infer<typeof evaluationOptions>;
