import { z } from 'zod';
import { summariseClasses } from './class-summary.js';
import type { EvaluationRecord } from './run-report.js';

const fraction = z.number().min(0).max(1);
/** JSON has no NaN; a class without images has no accuracy. */
const rate = fraction.nullable().describe('fraction in [0, 1]; null where there are no images');
const interval = z
  .object({ low: z.number().nullable(), high: z.number().nullable() })
  .describe('ends of a 95 % confidence interval');

const classAccuracy = z.object({ classIndex: z.int().min(-1), accuracy: rate });

const metrics = z.object({
  counts: z.array(z.int().min(0)).describe('[classes] images of each class'),
  accuracy: z.array(rate).describe('[classes] fraction right'),
  accuracyIntervals: z.array(interval).describe('[classes] intervals of accuracy'),
  average: rate.describe('over all images'),
  worst: classAccuracy.describe('the class of least accuracy; classIndex is -1 without images'),
  best: classAccuracy.describe('the class of greatest accuracy'),
  gap: rate.describe('best minus worst'),
  meanOfWorst30: rate.describe('mean of accuracy over the worst 30 % of the classes, at least one'),
  standardDeviation: z
    .number()
    .min(0)
    .nullable()
    .describe('of accuracy over classes, with the divisor n - ddof'),
  normalisedStandardDeviation: z
    .number()
    .min(0)
    .nullable()
    .describe('NSD: standardDeviation over the mean of accuracy; lower is fairer'),
  ddof: z.union([z.literal(0), z.literal(1)]).describe('0: population; 1: sample standard deviation'),
  intervals: z
    .object({
      average: interval,
      worst: interval,
      meanOfWorst30: interval,
      normalisedStandardDeviation: interval,
      gap: interval,
    })
    .describe('intervals of the summaries'),
});

const attack = z.looseObject({
  id: z.string().describe('as in --attack'),
  description: z.string().describe('the setting in words'),
  epsilon: z.number().min(0).describe('radius in pixel units of [0, 1]'),
  correct: z.array(z.int().min(0)).describe('[classes] images that this attack alone leaves right'),
});

/**
 * `summary.json`: the result of an evaluation as plain data, with the conditions it holds under. Readers ignore keys
 * they do not know; `schemaVersion` changes when a key here changes its meaning or goes away.
 */
export const summarySchema = z
  .looseObject({
    schemaVersion: z.literal(1),
    classNames: z.array(z.string()).describe('[classes]'),
    samples: z.int().min(0).describe('images evaluated'),
    seed: z.int().min(0).describe('of random starts of the attacks, and of the bootstrap'),
    attacks: z.array(attack).describe('an image is robust when it is right under all of them'),
    clean: metrics.describe('on the images as they are'),
    robust: metrics.describe('on clean and attacked images'),
    interval: z
      .object({
        method: z
          .enum(['wilson', 'bootstrap'])
          .describe('of accuracy, average and worst; the others are bootstrapped'),
        resamples: z.int().describe('of the bootstrap, within classes'),
      })
      .describe('how intervals were made'),
    confusion: z
      .array(z.array(z.int().min(0)))
      .describe('[true class][predicted class] under the attack that breaks an image, else under the last'),
    epsilonCurve: z
      .array(
        z.object({
          epsilon: z.number().min(0).describe('in pixel units of [0, 1]'),
          correct: z
            .array(z.int().min(0))
            .describe('[classes] images right at this and every smaller radius'),
        }),
      )
      .optional()
      .describe('robustness against the radius, where it was asked for'),
    best: z
      .looseObject({
        file: z.string().describe('its weights, from the folder of the run'),
        select: z.string().describe('by what it was selected, an evaluation.select'),
        epoch: z.int().min(0).describe('after which it was evaluated, 0-based'),
        score: z.number().describe('what was compared; larger is better'),
        attack: z.string().describe('setting of the attacks it was selected by, in words'),
        count: z.int().min(0).describe('images it was evaluated on'),
        cleanAccuracy: rate,
        robustAccuracy: rate,
        worstClassRobustAccuracy: rate,
      })
      .optional()
      .describe('the best student of the training, where one was selected; all else is of the last one'),
    student: z.string().optional().describe('the network'),
    engine: z.string().optional().describe('what ran it'),
    images: z.string().optional().describe('SHA-256 of the training images'),
    testImages: z.string().optional().describe('SHA-256 of the images evaluated on'),
  })
  .describe('Result of an evaluation by ard: summary.json and --json');

export type EvaluationSummary = z.infer<typeof summarySchema>;

/**
 * The result as it is written to `summary.json`.
 *
 * @param about what else identifies it: `student`, `engine`, `testImages` …
 */
export function evaluationSummary(
  record: EvaluationRecord,
  about: Readonly<Record<string, unknown>> = {},
): EvaluationSummary {
  const { evaluation, classNames, seed, epsilonCurve } = record;
  const { clean, robust, cleanIntervals, robustIntervals, interval: made, rows } = summariseClasses(record);
  const summary = {
    schemaVersion: 1,
    clean: {
      ...clean,
      accuracyIntervals: rows.map(({ cleanInterval }) => cleanInterval),
      intervals: cleanIntervals,
    },
    robust: {
      ...robust,
      accuracyIntervals: rows.map(({ robustInterval }) => robustInterval),
      intervals: robustIntervals,
    },
    interval: { method: made.method, resamples: made.resamples },
    classNames,
    samples: evaluation.count,
    attacks: evaluation.attacks,
    seed,
    confusion: evaluation.confusion,
    epsilonCurve,
    ...about,
  };
  // through JSON, so that what the schema sees is what a reader of the file sees
  return summarySchema.parse(JSON.parse(JSON.stringify(summary)));
}
