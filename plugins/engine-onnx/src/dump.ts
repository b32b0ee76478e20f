import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OnnxModel } from '@ard/compiler';
import { ArdError } from '@ard/core';

/**
 * Creates an empty file for a graph, under a name that no other graph has.
 *
 * @param target `folder/graph.onnx` makes `folder/graph-<name>-<n>.onnx`; anything else is a folder
 * @throws ArdError where nothing can be written
 */
export async function reserveDump(target: string, name: string): Promise<string> {
  const isFile = target.endsWith('.onnx');
  const prefix = isFile ? `${target.slice(0, -'.onnx'.length)}-` : join(target, '/');
  try {
    await mkdir(isFile ? dirname(target) : target, { recursive: true });
    for (let number = 0; ; number++) {
      const file = `${prefix}${name}-${number}.onnx`;
      if (await createNew(file)) return file;
    }
  } catch (cause) {
    throw new ArdError(`engine.dump: ${target} cannot be written: ${(cause as Error).message}`, {
      remedy: 'Name a file graph.onnx or a folder where you may write.',
      cause,
    });
  }
}

/** Writes a model into its file, and beside it the constants that it does not hold. */
export async function writeDump(file: string, { bytes, external }: OnnxModel): Promise<void> {
  await writeFile(file, bytes);
  for (const [name, data] of external) await writeFile(join(dirname(file), name), data);
}

async function createNew(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
