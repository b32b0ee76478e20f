import { z } from 'zod';
import { componentKinds, type Plugin } from '../contracts/plugin.js';
import { ArdError } from '../errors.js';

const id = z
  .string()
  .regex(/^[a-z0-9]+([-.:][a-z0-9]+)*$/, 'must be in kebab-case, such as "fair-geometric"');
const isFunction = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);
const isObjectSchema = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && 'shape' in value && 'safeParse' in value,
  'must be a zod object schema: z.object({ … })',
);

const component = z.looseObject({
  kind: z.enum(componentKinds),
  id,
  summary: z.string(),
  options: isObjectSchema,
  variants: z
    .record(id, z.looseObject({ summary: z.string(), options: z.record(z.string(), z.unknown()) }))
    .optional(),
  availability: isFunction.optional(),
  recognise: isFunction.optional(),
  create: isFunction,
});

const plugin = z.looseObject({
  apiVersion: z.unknown(),
  name: z.string(),
  version: z.string(),
  summary: z.string(),
  components: z.array(component),
  presets: z.array(
    z.looseObject({
      id,
      summary: z.string(),
      requires: z.array(z.string()).optional(),
      config: z.looseObject({}),
    }),
  ),
  defaultPreset: z.string().optional(),
});

/**
 * Checks what a plugin exports by its shape: a plugin may carry its own copy of this package and of zod, so
 * classes cannot be compared.
 */
export function checkPluginShape(packageName: string, exported: unknown): Plugin {
  const remedy = 'Export the result of definePlugin({ … }) from @ard/core by default.';
  if (typeof exported !== 'object' || exported === null) {
    throw new ArdError(`Plugin ${packageName} has no object as its default export.`, { remedy });
  }
  const [issue] = plugin.safeParse(exported).error?.issues ?? [];
  if (issue) {
    throw new ArdError(`Plugin ${packageName}: ${issue.path.join('.')}: ${issue.message}.`, { remedy });
  }
  const checked = exported as Plugin;
  if (
    checked.defaultPreset !== undefined &&
    !checked.presets.some(({ id }) => id === checked.defaultPreset)
  ) {
    throw new ArdError(
      `Plugin ${packageName}: defaultPreset "${checked.defaultPreset}" is none of its presets.`,
      {
        remedy: 'Name one of the presets, or leave defaultPreset out.',
      },
    );
  }
  return checked;
}
