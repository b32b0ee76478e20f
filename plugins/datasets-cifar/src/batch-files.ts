import { resolve } from 'node:path';
import { ArdError } from '@ard/core';
import { listDirectory } from '@ard/data';

/** Names of the files of a split. */
export interface SplitFiles {
  readonly binary: RegExp;
  /** The layout that Python's pickles have. */
  readonly python: RegExp;
  /** Whether several files make up the split, in the order of their numbers; otherwise there must be one. */
  readonly many?: true;
  /** Taken where several could be meant. */
  readonly preferred?: string;
}

/**
 * Which files hold a split, and in which layout. The binary one is preferred where both are there.
 *
 * @throws ArdError when there is none, or when several could be meant
 */
export async function batchFiles(
  directory: string,
  files: SplitFiles,
  id: string,
): Promise<{ readonly layout: 'binary' | 'python'; readonly names: readonly string[] }> {
  const wanted = `${shown(files.binary)} or ${shown(files.python)}`;
  const present = await listDirectory(directory, wanted);
  for (const layout of ['binary', 'python'] as const) {
    const names = matching(present, files[layout]);
    if (names.length === 0) continue;
    if (files.many || names.length === 1) return { layout, names };
    if (files.preferred !== undefined && names.includes(files.preferred)) {
      return { layout, names: [files.preferred] };
    }
    throw new ArdError(`${resolve(directory)} has several test files: ${names.join(', ')}`, {
      remedy: `Keep one of them, or name the complete one ${files.preferred}.`,
    });
  }
  throw new ArdError(`No ${wanted} in ${resolve(directory)}`, {
    remedy: `Name the folder of ${id} with --data-dir, or get it with: ard data fetch ${id}`,
  });
}

function matching(present: readonly string[], pattern: RegExp): readonly string[] {
  const number = (name: string): number => Number(pattern.exec(name)?.[1] ?? 0);
  return present
    .filter((name) => pattern.test(name))
    .sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1));
}

/** The pattern as users know it: `data_batch_*.bin`. */
function shown(pattern: RegExp): string {
  return pattern.source
    .replace('(\\d+)', '*')
    .replace('.*', '*')
    .replaceAll(/[\^$\\]/g, '');
}
