import { open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { Malformed } from './malformed.js';

/** Where values lie that are not in the model file itself, as the file says it. */
export interface ExternalData {
  readonly location?: string;
  readonly offset?: string;
  readonly length?: string;
}

/**
 * Reads values beside a model, from its own folder only: the path comes out of a file that anybody may have written.
 *
 * @param needed bytes that the shape of the tensor asks for
 */
export async function readExternal(
  { location = '', offset = '0' }: ExternalData,
  folder: string,
  needed: number,
  tensor: string,
): Promise<Uint8Array> {
  const place = `the values of tensor ${tensor} are in ${JSON.stringify(location)}`;
  if (location === '' || isAbsolute(location))
    throw new Malformed(`${place}, outside the folder of the model`);
  const path = await realpath(join(folder, location)).catch(() => {
    throw new Malformed(`${place}, which is not beside the model`);
  });
  const inside = relative(await realpath(folder), path);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new Malformed(`${place}, outside the folder of the model`);
  }
  const file = await open(path, 'r');
  try {
    const from = Number(offset);
    const { size } = await file.stat();
    if (!Number.isSafeInteger(from) || from < 0 || from + needed > size) {
      throw new Malformed(`${place}, which is too short for it`);
    }
    const bytes = new Uint8Array(needed);
    const { bytesRead } = await file.read(bytes, 0, needed, from);
    if (bytesRead !== needed) throw new Malformed(`${place}, which became shorter while it was read`);
    return bytes;
  } finally {
    await file.close();
  }
}
