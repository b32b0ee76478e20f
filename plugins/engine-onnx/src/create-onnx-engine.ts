import type { Compiled, Engine } from '@ard/core';
import { compiledFunction } from './compiled-function.js';
import type { OnnxEngineOptions } from './options.js';
import type { ProgramHost } from './program.js';
import { describeRuntime, loadRuntime } from './runtime.js';

/** Compiles tfjs functions to ONNX and runs them with ONNX Runtime. */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<Engine> {
  const runtime = await loadRuntime();
  const functions = new Set<Pick<Compiled<never, never>, 'dispose'>>();
  let number = 0;
  const host: ProgramHost = { runtime, options, nextNumber: () => number++ };
  return {
    id: 'onnx',
    description: describeRuntime(runtime, options),
    compile: (fn, compileOptions) => {
      const compiled = compiledFunction(fn, compileOptions, host);
      functions.add(compiled);
      return compiled;
    },
    dispose: async () => {
      await Promise.all([...functions].map((fn) => fn.dispose()));
      functions.clear();
    },
  };
}
