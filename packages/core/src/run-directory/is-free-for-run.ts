import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a start leaves behind that was killed before it could write `config.json`. */
const unfinished = /^(run\.lock|plugins\.lock\.json|.*\.\d+\.tmp)$/;

/** Whether a run may begin in the folder: it is missing or empty, or a killed start left nothing of worth in it. */
export function isFreeForRun(path: string): boolean {
  if (!existsSync(path)) return true;
  return readdirSync(path, { withFileTypes: true }).every((entry) => {
    if (entry.isDirectory())
      return entry.name === 'checkpoints' && readdirSync(join(path, entry.name)).length === 0;
    return entry.isFile() && unfinished.test(entry.name);
  });
}
