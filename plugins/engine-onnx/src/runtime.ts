import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-node';
import { ArdError } from '@ard/core';
import type { OnnxEngineOptions } from './options.js';

export type Runtime = typeof ort;

/** @throws ArdError with cause and remedy where the native library does not load */
export async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new ArdError(
      `onnxruntime-node does not load: ${error instanceof Error ? error.message : String(error)}`,
      {
        remedy:
          'It ships native code for Linux (glibc), macOS and Windows on x64 and arm64. Reinstall it there with ' +
          '`npm install onnxruntime-node --onnxruntime-node-install=skip`, or run with --engine tfjs.',
        cause: error,
      },
    );
  }
}

export function threadCount({ threads }: Pick<OnnxEngineOptions, 'threads'>): number {
  return threads > 0 ? threads : availableParallelism();
}

export function describeRuntime(
  runtime: Runtime,
  options: Pick<OnnxEngineOptions, 'provider' | 'threads'>,
): string {
  const threads = threadCount(options);
  return `ONNX Runtime ${runtime.env.versions.node ?? ''}, ${options.provider}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

/** What every session is created with. `profile` is a file prefix. */
export function sessionOptions(
  options: Pick<OnnxEngineOptions, 'provider' | 'threads'>,
  profile?: string,
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: options.provider === 'cpu' ? ['cpu'] : [options.provider, 'cpu'],
    intraOpNumThreads: threadCount(options),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // every session would keep its own peak for ever; the allocator of the process shares it at no measurable cost
    enableCpuMemArena: false,
    enableMemPattern: false,
    // every session has its own threads; spinning ones of idle sessions, or of other processes, slow the busy one
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  };
}
