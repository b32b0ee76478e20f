import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArdError, fileError, type ExportedFile } from '@ard/core';
import { makeFolder, writeAtomically } from '@ard/core/host';

/** @throws ArdError when one of the files exists, unless it may be replaced */
export function refuseExisting(directory: string, files: readonly ExportedFile[], force: boolean): void {
  const existing = files.map(({ path }) => join(directory, path)).filter((path) => existsSync(path));
  if (force || existing.length === 0) return;
  throw new ArdError(`${existing.join(' and ')} ${existing.length === 1 ? 'exists' : 'exist'} already.`, {
    remedy: 'Choose another folder (--out) or name (--name), or replace with --force.',
  });
}

/** @returns where the files are */
export function writeExport(directory: string, files: readonly ExportedFile[]): readonly string[] {
  return files.map(({ path, bytes }) => {
    const full = join(directory, path);
    try {
      makeFolder(dirname(full));
    } catch (error) {
      throw fileError('create', dirname(full), error);
    }
    writeAtomically(full, bytes);
    return full;
  });
}
