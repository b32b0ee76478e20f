import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { lockRun, writeAtomically } from '@ard/core/host';
import type { JudgedCheck } from './evaluate-folder.js';

/** What accepting changes in the summary of a network; the rest stays as it is. */
interface Judged {
  readonly network?: string;
  readonly checks: readonly JudgedCheck[];
  readonly trusted: boolean;
  readonly recomputed?: { readonly agrees: boolean };
}

/**
 * Records in a complete evaluation that failures of checks were looked into, and judges its numbers anew; nothing is
 * attacked again. `report.html` stays as it was written.
 *
 * @param path of the run directory
 * @throws ArdError for a check that has not failed there
 */
export function acceptChecks(
  path: string,
  accept: readonly string[],
): { readonly summary: Readonly<Record<string, unknown>>; readonly text: string } {
  const unlock = lockRun(path);
  try {
    const folders = networkFolders(path);
    const before = folders.map(read);
    const failed = before.flatMap(({ checks }) => checks.filter(({ passed }) => !passed).map(({ id }) => id));
    const needless = accept.find((id) => !failed.includes(id));
    if (needless !== undefined) {
      throw new ArdError(`--accept ${needless}: that check has not failed in ${path}.`, {
        remedy: failed.length === 0 ? 'No check has.' : `Failed: ${[...new Set(failed)].join(', ')}.`,
      });
    }
    const after = before.map((summary) => judgedAnew(summary, accept));
    after.forEach((summary, index) => write(folders[index]!, summary));
    const several = folders[0] !== path;
    if (several) write(path, { networks: after });
    return {
      summary: (several ? { networks: after } : after[0]!) as Readonly<Record<string, unknown>>,
      text: [
        `Accepted: ${accept.join(', ')}. summary.json says so; report.html is from before.`,
        ...after.map((summary) => verdict(summary, several)),
        `Run directory: ${path}`,
      ].join('\n'),
    };
  } finally {
    unlock();
  }
}

function judgedAnew(summary: Judged, accept: readonly string[]): Judged {
  const checks = summary.checks.map((check) => ({
    ...check,
    accepted: check.accepted || (!check.passed && accept.includes(check.id)),
  }));
  const trusted =
    checks.every(({ passed, accepted }) => passed || accepted) && summary.recomputed?.agrees !== false;
  return { ...summary, checks, trusted };
}

function verdict({ network = '', checks, trusted, recomputed }: Judged, several: boolean): string {
  const open = checks.filter(({ passed, accepted }) => !passed && !accepted).map(({ id }) => id);
  const against = [...open, ...(recomputed?.agrees === false ? ['the recomputed accuracy'] : [])];
  const subject = several ? `${network}: the` : 'The';
  return trusted
    ? `${subject} robust accuracy is no longer marked.`
    : `! ${subject} robust accuracy is still not to be trusted: ${against.join(', ')}.`;
}

/** The folder itself, or those of several networks in the order in which they were named. */
function networkFolders(path: string): string[] {
  const networks = join(path, 'networks');
  if (!existsSync(networks)) return [path];
  return readdirSync(networks)
    .sort((one, other) => parseInt(one) - parseInt(other))
    .map((name) => join(networks, name));
}

function read(folder: string): Judged {
  const file = join(folder, 'summary.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Judged;
  } catch (error) {
    throw fileError('read', file, error);
  }
}

function write(folder: string, summary: unknown): void {
  writeAtomically(join(folder, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
}
