import { z } from 'zod';

export const onnxExporterOptions = z.object({
  layout: z
    .enum(['nchw', 'nhwc'])
    .default('nchw')
    .describe('order of the images that the file takes; pixels are in [0, 1] in either'),
  batch: z
    .number()
    .int()
    .min(0)
    .max(4096)
    .default(0)
    .describe('images per call, 0 to 4096; 0 lets every call choose'),
  opset: z.number().int().min(16).max(21).default(17).describe('version of the ONNX operators, 16 to 21'),
  gradient: z
    .boolean()
    .default(false)
    .describe(
      'a second file: images and labels to logits, cross-entropy per image and its gradient by the pixels, for' +
        ' attacks where the network runs',
    ),
  quantize: z
    .enum(['none', 'weights'])
    .default('none')
    .describe('weights: those of convolutions and linear layers as int8, a scale per output channel'),
});

export type OnnxExporterOptions = z.infer<typeof onnxExporterOptions>;
