import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listDirectory } from '@ard/data';

const imageName = /\.(png|jpe?g|webp)$/i;

/** Names of the folders in a folder, sorted; those that begin with a dot are nobody's classes. */
export async function listFolders(directory: string, wanted: string): Promise<readonly string[]> {
  await listDirectory(directory, wanted);
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort(byCode);
}

/** Paths of the images in a folder and the folders in it, sorted. */
export async function listImages(directory: string): Promise<readonly string[]> {
  await listDirectory(directory, 'images');
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory() && imageName.test(entry.name) && !entry.name.startsWith('.'))
    .map(({ name, parentPath }) => join(parentPath, name))
    .sort(byCode);
}

/** The same order on every machine, whatever its language. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}
