import { z } from 'zod';
import { normalisationOptions } from '@ard/nn';

export const smallCnnOptions = z.object({
  layout: z
    .enum(['batch-norm', 'strided', 'trades-mnist', 'trades-net', 'madry-mnist', 'gairat-cifar'])
    .default('batch-norm')
    .describe(
      'batch-norm: VGG-like with batch norm and global pooling; strided: two 4x4 convolutions with stride 2; ' +
        'trades-mnist: four 3x3 convolutions with pooling; trades-net and madry-mnist: two 5x5 convolutions with ' +
        'pooling; gairat-cifar: six 3x3 convolutions with batch norm and pooling',
    ),
  widths: z
    .array(z.number().int().min(1).max(4096))
    .max(8)
    .default([])
    .describe(
      "channels of each stage (batch-norm takes 1 to 8 numbers, gairat-cifar 3, the others 2); empty for the layout's " +
        'own: 16, 32, 64 of batch-norm, 16, 32 of strided, 32, 64 of trades-mnist and madry-mnist, 10, 20 of ' +
        'trades-net, 64, 128, 196 of gairat-cifar',
    ),
  padding: z
    .number()
    .int()
    .min(0)
    .max(1)
    .default(1)
    .describe('zeros around the image before each convolution of the strided layout, 0 or 1 pixels'),
  ...normalisationOptions,
});

export type SmallCnnOptions = z.infer<typeof smallCnnOptions>;
