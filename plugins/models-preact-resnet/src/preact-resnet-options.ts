import { z } from 'zod';
import { normalisationOptions } from '@ard/nn';

export const preactResnetOptions = z.object({
  depth: z.literal([18, 34]).default(18).describe('layers with weights'),
  width: z
    .number()
    .positive()
    .max(16)
    .default(1)
    .describe('factor on the number of channels, above 0, at most 16'),
  finalBatchNorm: z
    .boolean()
    .default(true)
    .describe(
      'whether batch norm and ReLU come before the pooling (robust_overfitting, CFA, DAFA) or not (pytorch-cifar, FRL, GAIRAT)',
    ),
  shortcutInput: z
    .enum(['preactivated', 'raw'])
    .default('preactivated')
    .describe(
      "what the 1x1 convolutions of shortcuts are fed with: the input after batch norm and ReLU, or as it is (RobustBench's default)",
    ),
  ...normalisationOptions,
});

export type PreactResnetOptions = z.infer<typeof preactResnetOptions>;
