import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's own recursive form never returns where a parent exists
 * but lets nobody make anything in it and calls that "no such folder", as Linux' /proc does.
 *
 * @throws what the file system answers
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // somebody else made it meanwhile
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  // a file in the place of the folder
  if (missing.length === 0) mkdirSync(path, { recursive: true });
}
