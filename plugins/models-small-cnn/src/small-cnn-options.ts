import { z } from 'zod';

export const smallCnnOptions = z.object({
  layout: z
    .enum(['batch-norm', 'strided', 'trades-mnist'])
    .default('batch-norm')
    .describe(
      'batch-norm: VGG-like with batch norm and global pooling; strided: two 4x4 convolutions with stride 2; ' +
        'trades-mnist: four 3x3 convolutions with pooling',
    ),
  widths: z
    .array(z.number().int().min(1).max(4096))
    .max(8)
    .default([])
    .describe(
      "channels of each stage (batch-norm takes 1 to 8 numbers, the others 2); empty for the layout's own: 16, 32, " +
        '64, or 16, 32, or 32, 64',
    ),
  padding: z
    .number()
    .int()
    .min(0)
    .max(1)
    .default(1)
    .describe('zeros around the image before each convolution of the strided layout, 0 or 1 pixels'),
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
});

export type SmallCnnOptions = z.infer<typeof smallCnnOptions>;
