import { z } from 'zod';

/** One option in words, for `ard show` and error messages. */
export interface OptionDescription {
  readonly name: string;
  /** What is allowed: `integer, at least 1`, `one of eval, train`. */
  readonly allowed: string;
  /** Undefined when the option may be left out altogether. */
  readonly default: unknown;
  readonly meaning: string;
}

interface JsonSchema {
  /** What is allowed in words, where the schema says it better than its structure does. */
  readonly title?: string;
  /** Several where any of them will do. */
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** Reads a component's option schema. */
export function describeOptions(options: z.ZodObject): readonly OptionDescription[] {
  return Object.keys(options.shape).map((name) => describeOption(options, name));
}

export function describeOption(options: z.ZodObject, name: string): OptionDescription {
  const schema = z.toJSONSchema(options.shape[name] as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema;
  return {
    name,
    allowed: inWords(schema),
    default: schema.default,
    meaning: schema.description ?? '',
  };
}

function inWords(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  if ('const' in schema) return String(schema.const);
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`;
  if (schema.anyOf) return schema.anyOf.map(inWords).join(' or ');
  if (Array.isArray(schema.type)) {
    return (schema.type as readonly string[]).map((type) => inWords({ ...schema, type })).join(' or ');
  }
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return [schema.type, ...boundsInWords(schema)].join(', ');
    case 'array':
      return listInWords(schema);
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `mapping to ${inWords(schema.additionalProperties)}`
        : 'mapping';
    default:
      return 'anything';
  }
}

function listInWords({ items, prefixItems, minItems }: JsonSchema): string {
  if (prefixItems) return `list [${prefixItems.map(inWords).join('; ')}]`;
  const least = minItems === undefined ? '' : `, ${minItems} or more`;
  return `list of (${inWords(items ?? {})})${least}`;
}

function boundsInWords(schema: JsonSchema): readonly string[] {
  // zod states the safe integers as bounds of every integer; they say nothing
  const bound = (value: number | undefined): number | undefined =>
    value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value;
  const minimum = bound(schema.minimum);
  const maximum = bound(schema.maximum);
  const words: string[] = [];
  if (minimum !== undefined && maximum !== undefined) return [`${minimum} to ${maximum}`];
  if (minimum !== undefined) words.push(`at least ${minimum}`);
  if (schema.exclusiveMinimum !== undefined) words.push(`above ${schema.exclusiveMinimum}`);
  if (maximum !== undefined) words.push(`at most ${maximum}`);
  if (schema.exclusiveMaximum !== undefined) words.push(`below ${schema.exclusiveMaximum}`);
  return words;
}
