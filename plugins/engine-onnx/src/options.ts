import { z } from 'zod';

export const onnxEngineOptions = z.object({
  threads: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(0)
    .describe('Threads per operator; 0 takes the cores available. Results depend on it in the last bits.'),
  provider: z
    .enum(['cpu', 'webgpu'])
    .default('cpu')
    .describe('ONNX Runtime execution provider; webgpu is experimental.'),
  blocked: z
    .boolean()
    .default(true)
    .describe('Blocked convolutions where the machine has them; without, frozen weights become constants.'),
  dump: z
    .string()
    .default('')
    .describe('Folder for the ONNX graphs of all compiled functions; empty writes none.'),
  profile: z
    .string()
    .default('')
    .describe(
      "Folder for ONNX Runtime's profiles (JSON, one per session), written on exit; empty writes none.",
    ),
});

export type OnnxEngineOptions = z.infer<typeof onnxEngineOptions>;
