import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import type { Registry } from '@ard/core/host';
import { checkFiles } from './check-files.js';

/**
 * Finds out which data set a folder holds: by the names in it, and where several data sets use the same names, by
 * official checksums.
 *
 * @throws ArdError when none or several fit
 */
export async function recogniseData(path: string, registry: Registry): Promise<string> {
  if (/\.npz$/.test(path)) return 'npz';
  const names = namesIn(path);
  const fitting = registry
    .list('dataset')
    .map(({ component }) => component)
    .filter(({ origin }) => origin?.recognise(names));
  if (fitting.length === 0) {
    throw new ArdError(`No data set is recognised in ${resolve(path)}.`, {
      remedy: 'Name it with --dataset; `ard list dataset` shows them.',
    });
  }
  const scores = await Promise.all(
    fitting.map(async ({ id, origin }) => ({
      id,
      score: (await checkFiles(path, origin?.official ?? [])).filter(({ state }) => isOfficial(state)).length,
    })),
  );
  scores.sort((a, b) => b.score - a.score);
  const [first, second] = scores;
  if (second === undefined || first!.score > second.score) return first!.id;
  // files that nobody has checksums of: the folder's name is the last hint
  const named = scores.find(({ id }) =>
    [basename(resolve(path)), basename(dirname(resolve(path)))].includes(id),
  );
  if (named) return named.id;
  throw new ArdError(`${resolve(path)} may hold ${scores.map(({ id }) => id).join(' or ')}.`, {
    remedy: `Say which: --dataset ${first!.id}`,
  });
}

function isOfficial(state: string): boolean {
  return state === 'official' || state === 'unpacked';
}

function namesIn(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) {
      throw new ArdError(`${resolve(path)} is a file, not the folder of a data set.`, {
        remedy: 'Name the folder that holds it; archives have to be unpacked.',
      });
    }
    return readdirSync(path);
  } catch (error) {
    throw fileError('read', resolve(path), error);
  }
}
