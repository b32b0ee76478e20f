import { open, type FileHandle } from 'node:fs/promises';
import { ArdError, fileError } from '@ard/core';
import { MalformedFile } from './malformed-file.js';

/**
 * Opens a file, reads it and closes it again, whatever happens.
 *
 * @param remedy what to do when the file is malformed and the reader knows nothing better
 * @throws ArdError naming the file when it cannot be read or is malformed
 */
export async function withFile<Result>(
  path: string,
  remedy: string,
  read: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await read(file);
  } catch (error) {
    if (!(error instanceof MalformedFile)) throw fileError('read', path, error);
    throw new ArdError(`Cannot read ${path}: ${error.message}.`, { remedy: error.remedy ?? remedy });
  } finally {
    await file?.close();
  }
}
