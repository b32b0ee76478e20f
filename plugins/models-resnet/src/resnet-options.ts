import { z } from 'zod';
import { normalisationOptions } from '@ard/nn';

/** Depths with the four groups of ImageNet's ResNets. */
export const fourGroupDepths = [18, 34, 50] as const;
/** Depths 6n + 2 with three groups, the family made for CIFAR. */
export const threeGroupDepths = [8, 14, 20, 32, 44, 56, 110] as const;

export const resnetOptions = z.object({
  depth: z
    .literal([...fourGroupDepths, ...threeGroupDepths])
    .default(18)
    .describe(
      'layers with weights: 18, 34 and 50 are four groups of 64 to 512 channels, 50 with bottleneck blocks; the others three of 16 to 64',
    ),
  width: z
    .number()
    .positive()
    .max(16)
    .default(1)
    .describe('factor on the number of channels, above 0, at most 16'),
  shortcut: z
    .enum(['A', 'B'])
    .default('A')
    .describe(
      'where the shape changes, for the three-group depths: A pads with zeros, B projects (18, 34 and 50 always do)',
    ),
  ...normalisationOptions,
});

export type ResnetOptions = z.infer<typeof resnetOptions>;
