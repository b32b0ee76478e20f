import type { z } from 'zod';
import { ArdError } from '../errors.js';
import { didYouMean } from './nearest-names.js';
import { describeOption } from './option-descriptions.js';

/** Values by name, each with who set it: `preset fair-rslad`, `--set`. */
export type TracedValues = Readonly<Record<string, { readonly value: unknown; readonly origin: string }>>;

/** Validated options; `origins` says `default` for those that nobody set. */
export interface ResolvedOptions<Values = Readonly<Record<string, unknown>>> {
  readonly values: Values;
  readonly origins: Readonly<Record<string, string>>;
}

/** Names that are looked for where papers would have them, and what they are here. */
const elsewhere: Readonly<Record<string, string>> = {
  'strategy.difficulty':
    'Difficulty is measured by a part of its own, with its own options: --set estimator=margin; `ard list estimator`' +
    ' shows them.',
};

/** Origin of a value that comes from the schema. */
export const schemaDefault = 'default';

/**
 * Validates options against a schema, strictly: an option it does not have is an error.
 *
 * @param path how messages name an option: `attack` makes `attack.steps`
 * @param owner whose options these are, for messages: `pgd`
 * @throws ArdError with what was wrong, who set it and what is allowed
 */
export function resolveOptions<Schema extends z.ZodObject>(
  schema: Schema,
  given: TracedValues,
  { path, owner }: { readonly path: string; readonly owner: string },
): ResolvedOptions<z.output<Schema>> {
  const known = Object.keys(schema.shape);
  for (const [name, { origin }] of Object.entries(given)) {
    if (known.includes(name)) continue;
    const options = known.length === 0 ? 'none' : known.join(', ');
    throw new ArdError(
      `${path}.${name} (from ${origin}): ${owner} has no option "${name}". Options: ${options}.`,
      {
        remedy: elsewhere[`${path}.${name}`] ?? didYouMean(name, known),
      },
    );
  }
  const input = Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]));
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalid(schema, given, parsed.error.issues[0]!, { path, owner });
  const origins = Object.fromEntries(known.map((name) => [name, given[name]?.origin ?? schemaDefault]));
  return { values: parsed.data, origins };
}

function invalid(
  schema: z.ZodObject,
  given: TracedValues,
  issue: z.core.$ZodIssue,
  { path, owner }: { readonly path: string; readonly owner: string },
): ArdError {
  const name = String(issue.path[0] ?? '');
  const option = given[name];
  if (option === undefined) {
    // a rule over several options, or a required one that was left out
    return new ArdError(`${path} (${owner})${name === '' ? '' : `: option ${name}`}: ${issue.message}.`);
  }
  const { allowed } = describeOption(schema, name);
  const reason = issue.code === 'custom' ? ` (${issue.message})` : '';
  return new ArdError(
    `${path}.${name} is ${valueText(option.value)} (from ${option.origin}), allowed is: ${allowed}${reason}.`,
    { remedy: `Give ${path}.${name} another value, or leave it out.` },
  );
}

/** As one would write it; JSON has no word for NaN and infinities. */
function valueText(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
