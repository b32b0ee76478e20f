import { normalisationOptions } from '@ard/nn';
import { z } from 'zod';

export const onnxModelOptions = z.object({
  ...normalisationOptions,
  layout: z
    .enum(['auto', 'nchw', 'nhwc'])
    .default('auto')
    .describe('order of the images that the file takes; auto tells it by where the channels are'),
});

export type OnnxModelOptions = z.infer<typeof onnxModelOptions>;
