import type { Augmentation } from '@ard/core';
import { z } from 'zod';

/** What {@link augmentationOptions} declares; every data set has these. */
export interface AugmentationOptions {
  readonly cropPadding: z.ZodDefault<z.ZodInt>;
  readonly paddingMode: z.ZodDefault<z.ZodEnum<{ zero: 'zero'; reflect: 'reflect' }>>;
  readonly flip: z.ZodDefault<z.ZodBoolean>;
  readonly cutout: z.ZodDefault<z.ZodInt>;
}

/**
 * Options for the random changes of training images, to be spread into a data set's schema.
 *
 * @param usual what papers do with this data set
 */
export function augmentationOptions(usual: Augmentation): AugmentationOptions {
  return {
    cropPadding: z
      .int()
      .min(0)
      .max(32)
      .default(usual.cropPadding)
      .describe(
        'training images are padded by this many pixels and cropped at random, 0 to 32; 0 is no crop',
      ),
    paddingMode: z
      .enum(['zero', 'reflect'])
      .default(usual.paddingMode)
      .describe('what the padding holds: zero in most papers, reflect in CFA and in Rice et al. 2020'),
    flip: z.boolean().default(usual.flip).describe('flip training images left to right with probability 0.5'),
    cutout: z
      .int()
      .min(0)
      .max(64)
      .default(usual.cutout ?? 0)
      .describe(
        'side in pixels of a square at a random place that is set to 0 (DeVries and Taylor 2017), 0 to 64; 0 is none',
      ),
  };
}

/** The augmentation that the options describe. */
export function chosenAugmentation(options: Required<Augmentation>): Augmentation {
  const { cropPadding, paddingMode, flip, cutout } = options;
  return { cropPadding, paddingMode, flip, ...(cutout > 0 ? { cutout } : {}) };
}
