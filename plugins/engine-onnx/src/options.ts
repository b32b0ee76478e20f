import { z } from 'zod';
import { providerNames } from './providers.js';

export const onnxEngineOptions = z.object({
  threads: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(0)
    .describe('Threads per operator; 0 takes the cores available. Results depend on it in the last bits.'),
  provider: z
    .enum(providerNames)
    .default('cpu')
    .describe('ONNX Runtime execution provider; `ard doctor` shows which of them start here.'),
  blocked: z
    .boolean()
    .default(true)
    .describe('Blocked convolutions where the machine has them; without, frozen weights become constants.'),
  without: z
    .union([z.array(z.string()), z.string()])
    .default([])
    .describe(
      'Passes of the compiler to leave out, to find a mistake: a list, or names with commas such as layout,reluMasks.',
    ),
  dump: z
    .string()
    .default('')
    .describe(
      'Where to write the ONNX graphs of all compiled functions: graph.onnx makes graph-<function>-<n>.onnx, a ' +
        'folder <function>-<n>.onnx. Files that exist are kept. Empty writes none.',
    ),
  profile: z
    .union([z.boolean(), z.string()])
    .default(false)
    .describe(
      "Prints the operators that took the most time when the engine ends; a folder keeps ONNX Runtime's profiles too.",
    ),
});

export type OnnxEngineOptions = z.infer<typeof onnxEngineOptions>;
