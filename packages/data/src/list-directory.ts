import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ArdError } from '@ard/core';

/**
 * Names in the folder of a dataset.
 *
 * @param wanted what is looked for there, for the message: `data_batch_*.bin`
 * @throws ArdError when there is no such folder or it cannot be read
 */
export async function listDirectory(directory: string, wanted: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such folder',
      ENOTDIR: 'it is a file, not a folder',
      EACCES: 'permission denied',
    };
    throw new ArdError(
      `No data in ${resolve(directory)}: ${reasons[code ?? ''] ?? String(cause)} (looked for ${wanted})`,
      {
        remedy:
          'Name the folder that holds these files with --data-dir; `ard data fetch` gets published ones.',
        cause,
      },
    );
  }
}
