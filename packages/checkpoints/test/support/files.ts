import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

after(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** A path in a folder that goes away with the tests. */
export function temporaryPath(name: string): string {
  folder ??= mkdtempSync(join(tmpdir(), 'ard-checkpoints-'));
  return join(folder, name);
}

/** A safetensors file from a header (object or raw text) and data bytes. */
export function safetensorsBytes(header: unknown, data: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

/** The error of a promise that must be rejected. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a rejection');
}
