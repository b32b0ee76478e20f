import { ArdError } from './errors.js';

const remedies: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space and go on; nothing that was saved before is lost.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and go on; nothing that was saved before is lost.'],
  EACCES: ['permission denied', 'Choose a folder you may write to, or change its permissions.'],
  EPERM: ['permission denied', 'Choose a folder you may write to, or change its permissions.'],
  EROFS: ['the file system is read-only', 'Choose a folder on another file system.'],
  ENOENT: ['there is no such file or folder', 'Check the path.'],
  ENOTDIR: ['a part of the path is a file, not a folder', 'Check the path.'],
  EISDIR: ['this is a folder, not a file', 'Check the path.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n) and go on.'],
};

/** Turns what the file system answered into an error a user can act on; anything unknown is passed on as it is. */
export function fileError(action: string, path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const known = code === undefined ? undefined : remedies[code];
  if (!known) return error instanceof Error ? error : new Error(String(error));
  return new ArdError(`Cannot ${action} ${path}: ${known[0]}.`, { remedy: known[1], cause: error });
}
