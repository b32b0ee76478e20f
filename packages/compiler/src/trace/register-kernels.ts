import * as tf from '@tensorflow/tfjs-core';
import { ArdError, isArdError } from '@ard/core';
import { lowerings } from '../lowering/table.js';
import type { Value } from '../ir/graph.js';
import { callingPackage } from './calling-package.js';
import { TraceBackend, traceBackendName } from './trace-backend.js';

type Registered = { backend: TraceBackend };
let registered: Registered | undefined;

/** The tracing backend; on first use it and its kernels are made known to tfjs. */
export function traceBackend(): TraceBackend {
  registered ??= register();
  return registered.backend;
}

function register(): Registered {
  const backend = new TraceBackend();
  tf.registerBackend(traceBackendName, () => backend, 0);
  for (const [kernelName, lower] of Object.entries(lowerings)) {
    tf.registerKernel({
      kernelName,
      backendName: traceBackendName,
      kernelFunc: ({ inputs, attrs }) => {
        const values = Object.entries(inputs)
          .filter(([, tensor]) => tensor !== null && tensor !== undefined)
          .map(([name, tensor]) => [name, backend.symbolOf(tensor as tf.TensorInfo)] as const);
        const result = lower({ inputs: Object.fromEntries(values), attributes: attrs ?? {} });
        return Array.isArray(result)
          ? result.map((value: Value) => backend.infoOf(value))
          : backend.infoOf(result as Value);
      },
    });
  }
  return { backend };
}

/** Says who called what, in place of tfjs's own words. */
export function explainTraceError(error: unknown, functionName: string): unknown {
  if (isArdError(error)) {
    if (error.message.startsWith(`${functionName}:`)) return error;
    return new ArdError(`${functionName}: ${error.message}`, { remedy: error.remedy, cause: error });
  }
  const [, kernel] = /Kernel '(\w+)' not registered/.exec(error instanceof Error ? error.message : '') ?? [];
  if (kernel === undefined) return error;
  const user = callingPackage((error as Error).stack ?? '');
  const where = user === undefined ? '' : `, which ${user} uses,`;
  return new ArdError(
    `${functionName}: the tfjs kernel ${kernel}${where} cannot be compiled by the onnx engine.`,
    {
      remedy: 'Run with --engine tfjs, which has every kernel, or write the function without it.',
      cause: error,
    },
  );
}
