import { z } from 'zod';

/** Options of every model that can normalise its images: what `normaliseImages` takes. */
export const normalisationOptions = {
  mean: z
    .array(z.number())
    .min(1)
    .default([0])
    .describe(
      'subtracted from the image inside the model, one number per channel or one for all, in units of [0, 1]',
    ),
  std: z
    .array(z.number().positive())
    .min(1)
    .default([1])
    .describe(
      'the image is divided by it after mean is subtracted, one number per channel or one for all, above 0',
    ),
};
