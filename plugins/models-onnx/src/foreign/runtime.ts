import type * as ort from 'onnxruntime-node';
import { ArdError } from '@ard/core';

export type Runtime = typeof ort;

/** @throws ArdError where the native library does not load */
export async function loadRuntime(path: string): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new ArdError(
      `onnxruntime-node does not load, and ${path} has operators that only it can run: ${cause instanceof Error ? cause.message : String(cause)}`,
      { remedy: '`ard doctor` says what this machine lacks.', cause },
    );
  }
}
