import { z } from 'zod';
import { normalisationOptions } from '@ard/nn';

export const wideResnetOptions = z.object({
  style: z
    .enum(['trades', 'deepmind'])
    .default('trades')
    .describe(
      'names, strided padding and first values: of TRADES (RSLAD, LTD), or of DeepMind (Gowal et al., Rebuffi et al.)',
    ),
  depth: z
    .number()
    .int()
    .min(10)
    .max(1000)
    .refine((depth) => [2, 4].includes(depth % 6), 'must be 6n + 4, such as 28, 34 or 70, or 6n + 2')
    .default(34)
    .describe(
      'layers with weights, 6n + 4, or 6n + 2 where the 1x1 shortcuts are not counted (GAIRAT): n blocks in each of three groups',
    ),
  widenFactor: z
    .number()
    .positive()
    .max(64)
    .default(10)
    .describe('the groups have 16, 32 and 64 times as many channels, above 0, at most 64'),
  activation: z
    .enum(['relu', 'swish'])
    .default('relu')
    .describe("after each batch norm; DeepMind's published networks have swish, x times sigmoid of x"),
  subBlock1: z
    .boolean()
    .default(false)
    .describe(
      "whether there is the second copy of the first group that TRADES's checkpoints hold and that is never computed; style trades only",
    ),
  inputPadding: z
    .number()
    .int()
    .min(0)
    .max(16)
    .default(0)
    .describe("black pixels added on every side of the image, 0 to 16; DeepMind's MNIST networks have 2"),
  ...normalisationOptions,
});

export type WideResnetOptions = z.infer<typeof wideResnetOptions>;
