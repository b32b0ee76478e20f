import { z } from 'zod';

export const tfjsExporterOptions = z.object({
  shardBytes: z
    .number()
    .int()
    .min(1024)
    .default(4 * 1024 * 1024)
    .describe('largest file of weights, in bytes, from 1024; 4 MiB is what browsers keep in their cache'),
});

export type TfjsExporterOptions = z.infer<typeof tfjsExporterOptions>;
