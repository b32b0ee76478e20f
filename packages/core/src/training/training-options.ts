import { z } from 'zod';

/** How a run trains, whatever its components; paths `training.*` of `--set`. */
export const trainingOptions = z.strictObject({
  epochs: z.int().min(1).default(200).describe('passes over the training images, at least 1'),
  batchSize: z
    .int()
    .min(1)
    .default(128)
    .describe('images per step; the last batch of an epoch may be smaller'),
  seed: z.int().min(0).default(0).describe('seed of every random number of the run, 0 or more'),
  attackMode: z
    .enum(['eval', 'train'])
    .default('eval')
    .describe(
      'batch norm of the student inside the attack: running statistics, or those of the batch (and updated)',
    ),
  augment: z
    .boolean()
    .default(true)
    .describe("apply the data set's usual crops and flips to training images"),
  dataWorkers: z
    .int()
    .min(0)
    .max(16)
    .default(1)
    .describe(
      'threads that prepare batches ahead of the training, 0 to 16; none where 0 or where batches are too small to gain by' +
        ' them. Results do not depend on it',
    ),
  trainSamples: z
    .int()
    .min(1)
    .optional()
    .describe('use only this many training images, the same number of each class; all when absent'),
  testSamples: z.int().min(1).optional().describe('use only this many test images; all when absent'),
  evaluateEvery: z
    .int()
    .min(0)
    .default(10)
    .describe('epochs between evaluations on test images; 0 is never before the end'),
  evaluateEachFrom: z
    .int()
    .min(1)
    .optional()
    .describe('once so many epochs are finished, evaluate after every one; never when absent'),
  checkpointMinutes: z
    .number()
    .min(0)
    .default(5)
    .describe(
      'minutes between checkpoints inside an epoch; 0 is after every step. Every epoch ends with one',
    ),
});

export type TrainingOptions = z.infer<typeof trainingOptions>;
