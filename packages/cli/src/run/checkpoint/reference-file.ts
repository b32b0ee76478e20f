import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { z } from 'zod';

const numbers = z.array(z.number());

const entry = z.looseObject({
  /** Path or name of the checkpoint; the last part counts. */
  file: z.string().optional(),
  sha256: z.string().optional(),
  /** Of the file that `file` was made from. */
  sourceSha256: z.string().optional(),
  /** `[image][channel][row][column]`, in [0, 1], before any normalisation. */
  inputs: z.array(z.array(z.array(numbers))).optional(),
  mean: numbers.optional(),
  std: numbers.optional(),
  /** `[image][class]` */
  logits: z.array(numbers.min(1)).min(1),
});

const file = z.union([z.looseObject({ models: z.record(z.string(), entry) }), entry]);

/** Logits that another program computed, and on what. */
export type Reference = z.infer<typeof entry>;

/**
 * Reads the entry for a checkpoint from a reference file: the one with its hash, or else its name; a file with one
 * entry is for whatever it is used with.
 *
 * @throws ArdError when the file cannot be read, has another form, or no entry for the checkpoint
 */
export function readReference(
  path: string,
  checkpoint: { readonly path: string; readonly sha256: string },
): Reference {
  const parsed = file.safeParse(parseJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ArdError(
      `${path} is no reference of logits: ${issue!.path.join('.') || 'it'}: ${issue!.message}.`,
      {
        remedy: 'docs/checkpoints.md shows its form and how to write it from Python.',
      },
    );
  }
  const { data } = parsed;
  const entries = Object.values(
    'models' in data ? (data.models as Record<string, Reference>) : { one: data as Reference },
  );
  const named = (name: string | undefined): boolean =>
    name !== undefined && basename(name) === basename(checkpoint.path);
  const found =
    entries.find(({ sha256, sourceSha256 }) => [sha256, sourceSha256].includes(checkpoint.sha256)) ??
    entries.find((one) => named(one.file)) ??
    (entries.length === 1 ? entries[0] : undefined);
  if (found === undefined) {
    throw new ArdError(`${path} has ${entries.length} entries, and none is for ${checkpoint.path}.`, {
      remedy: `Give one of them "file": "${basename(checkpoint.path)}" or "sha256": "${checkpoint.sha256}".`,
    });
  }
  return found;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ArdError(`${path} is no JSON: ${error.message}.`, {
        remedy: 'Write it with json.dump.',
        cause: error,
      });
    }
    throw fileError('read', path, error);
  }
}
