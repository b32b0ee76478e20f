import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Packages that only pass a call on: whoever called them is meant. */
const between = ['@tensorflow/', '@ard/compiler', '@ard/core', '@ard/nn', '@ard/eager'];

/**
 * The package whose code led to an error, read off its stack: the innermost one that is neither tfjs nor a library
 * of the house. For errors about what a plugin's function asked for.
 *
 * @returns the package's name, or undefined when only libraries are on the stack
 */
export function callingPackage(stack: string): string | undefined {
  for (const [, location] of stack.matchAll(
    /((?:file:\/\/)?\/[^\s():]+|file:\/\/\/[A-Za-z]:[^\s():]+):\d+:\d+/g,
  )) {
    const name = packageOf(location!.startsWith('file:') ? fileURLToPath(location!) : location!);
    if (name !== undefined && !between.some((library) => name.startsWith(library))) return name;
  }
  return undefined;
}

/** The name in the nearest package.json above a file that has one. */
function packageOf(file: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
    if (name !== undefined) return name;
  }
  return undefined;
}
