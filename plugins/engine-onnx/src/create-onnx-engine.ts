import { optimise, passNames, type PassSwitches, type Target } from '@ard/compiler';
import { ArdError, type Compiled, type Engine } from '@ard/core';
import { compiledFunction } from './compiled-function.js';
import type { OnnxEngineOptions } from './options.js';
import { blockSize } from './block-size.js';
import { createProfiler } from './profiler.js';
import { providers } from './providers.js';
import { describeRuntime, loadRuntime } from './runtime.js';
import type { SessionHost } from './session.js';
import { tryProvider } from './try-provider.js';

export interface OnnxEngine extends Engine {
  /** Sessions of ONNX Runtime that hold memory and threads now. */
  sessionsAlive(): number;
  /** Bytes that went in and out of ONNX Runtime so far: what every step pays besides computing. */
  bytesExchanged(): number;
}

/** What tests change. */
export interface OnnxEngineInternals {
  /** Bytes of constants beyond which they travel beside the model. */
  readonly inlineLimit?: number;
  /** Takes what is to be printed at the end; the error stream unless told otherwise. */
  print?(text: string): void;
}

/**
 * Compiles tfjs functions to ONNX and runs them with ONNX Runtime.
 *
 * @throws ArdError where the provider does not start, or a pass to leave out does not exist
 */
export async function createOnnxEngine(
  options: OnnxEngineOptions,
  { inlineLimit, print = (text) => process.stderr.write(text) }: OnnxEngineInternals = {},
): Promise<OnnxEngine> {
  const switches = passSwitches(options.without);
  const runtime = await loadRuntime();
  if (options.provider !== 'cpu') await tryProvider(runtime, options);
  const functions = new Set<Pick<Compiled<never, never>, 'dispose'>>();
  const block = await blockSize(runtime, options);
  const target: Target = { ...providers[options.provider].target, block };
  const profiler =
    options.profile === false
      ? undefined
      : createProfiler(typeof options.profile === 'string' ? options.profile : undefined);
  let alive = 0;
  let exchanged = 0;
  const host: SessionHost = {
    runtime,
    options,
    block,
    inlineLimit,
    profiler,
    optimise: (graph, isFrozen) => optimise(graph, { ...target, isFrozen }, switches),
    countSessions: (change) => {
      alive += change;
    },
    countBytes: (bytes) => {
      exchanged += bytes;
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
    bytesExchanged: () => exchanged,
    dispose: async () => {
      await Promise.all([...functions].map((fn) => fn.dispose()));
      functions.clear();
      const table = profiler?.table() ?? '';
      if (table !== '') print(table);
      profiler?.close();
    },
  };
}

function passSwitches(without: OnnxEngineOptions['without']): PassSwitches {
  const names = typeof without === 'string' ? without.split(',').map((name) => name.trim()) : without;
  const given = names.filter((name) => name !== '');
  const unknown = given.find((name) => !(passNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new ArdError(`engine.without: the compiler has no pass "${unknown}".`, {
      remedy: `Passes: ${passNames.join(', ')}.`,
    });
  }
  return Object.fromEntries(given.map((name) => [name, false]));
}
