import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError, type StoredTensors } from '@ard/core';
import { encodeSafetensors } from './encode-safetensors.js';

/**
 * Writes a safetensors file: to a temporary one in the same folder, to the disk, then renamed, so that no reader
 * and no crash ever meets half of it and the former file stays when something fails.
 *
 * @throws ArdError when the disk is full, the folder missing or not writable
 */
export async function writeSafetensors(path: string, content: StoredTensors): Promise<void> {
  const chunks = encodeSafetensors(content);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw fileError('write', path, error);
  }
}

/** Makes the rename itself durable; not every platform lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
