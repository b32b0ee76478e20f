import { z } from 'zod';

export const safetensorsExporterOptions = z.object({});
