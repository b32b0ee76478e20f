import type { Compiled, Engine } from '@ard/core';
import { compiledFunction } from './compiled-function.js';
import type { OnnxEngineOptions } from './options.js';
import { blockSize } from './block-size.js';
import { describeRuntime, loadRuntime } from './runtime.js';
import type { SessionHost } from './session.js';

export interface OnnxEngine extends Engine {
  /** Sessions of ONNX Runtime that hold memory and threads now. */
  sessionsAlive(): number;
}

/** Compiles tfjs functions to ONNX and runs them with ONNX Runtime. */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<OnnxEngine> {
  const runtime = await loadRuntime();
  const functions = new Set<Pick<Compiled<never, never>, 'dispose'>>();
  let number = 0;
  let alive = 0;
  const host: SessionHost = {
    runtime,
    options,
    block: await blockSize(runtime, options),
    nextNumber: () => number++,
    countSessions: (change) => {
      alive += change;
    },
  };
  return {
    id: 'onnx',
    description: describeRuntime(runtime, options),
    compile: (fn, compileOptions) => {
      const compiled = compiledFunction(fn, compileOptions, host);
      functions.add(compiled);
      return compiled;
    },
    sessionsAlive: () => alive,
    dispose: async () => {
      await Promise.all([...functions].map((fn) => fn.dispose()));
      functions.clear();
    },
  };
}
