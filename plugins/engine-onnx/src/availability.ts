import type { Tensor } from '@tensorflow/tfjs-core';
import { isArdError, type Availability } from '@ard/core';
import { onnxEngineOptions, type OnnxEngineOptions } from './options.js';
import { describeRuntime, loadRuntime, sessionOptions } from './runtime.js';

/** Loads ONNX Runtime and runs a tiny model, since only that shows that its native code works here. */
export async function checkAvailability(
  options: OnnxEngineOptions = onnxEngineOptions.parse({}),
): Promise<Availability> {
  try {
    const runtime = await loadRuntime();
    const { trace, toOnnx, outputName } = await import('@ard/compiler');
    const tf = await import('@tensorflow/tfjs-core');
    const inputs = { x: { shape: [2], dtype: 'float32' } } as const;
    const traced = trace(({ x }) => ({ sum: tf.add(x as Tensor, x as Tensor) }), inputs, {
      name: 'availability',
    });
    const session = await runtime.InferenceSession.create(
      toOnnx(traced.graph).bytes,
      sessionOptions(options),
    );
    const results = await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1, 2), [2]) });
    await session.release();
    const sum = results[outputName('sum')];
    if ((sum?.data as Float32Array | undefined)?.[1] !== 4) throw new Error('2 + 2 is not 4 there');
    return { available: true, description: describeRuntime(runtime, options) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const remedy = (isArdError(error) ? error.remedy : undefined) ?? 'Run with --engine tfjs.';
    return { available: false, cause, remedy };
  }
}
