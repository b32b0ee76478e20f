import { isArdError, type Availability } from '@ard/core';
import { onnxEngineOptions, type OnnxEngineOptions } from './options.js';
import { describeRuntime, loadRuntime } from './runtime.js';

/** Loads ONNX Runtime and runs a tiny model. */
export async function checkAvailability(
  options: OnnxEngineOptions = onnxEngineOptions.parse({}),
): Promise<Availability> {
  try {
    const runtime = await loadRuntime();
    const { tryProvider } = await import('./try-provider.js');
    await tryProvider(runtime, options);
    return { available: true, description: describeRuntime(runtime, options) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const remedy = (isArdError(error) ? error.remedy : undefined) ?? 'Run with --engine tfjs.';
    return { available: false, cause, remedy };
  }
}
