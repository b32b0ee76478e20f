import { blockProbe } from '@ard/compiler';
import type { OnnxEngineOptions } from './options.js';
import { sessionOptions, type Runtime } from './runtime.js';

/**
 * How many channels this machine's blocked convolutions keep side by side (16 with AVX-512, 8 with AVX2); 0 where
 * there are none, or where the provider is not the CPU.
 */
export async function blockSize(runtime: Runtime, options: OnnxEngineOptions): Promise<number> {
  if (options.provider !== 'cpu' || !options.blocked) return 0;
  const probe = blockProbe();
  try {
    const session = await runtime.InferenceSession.create(probe.bytes, sessionOptions(options));
    const { data, shape } = probe.input;
    const results = await session.run({ [probe.input.name]: new runtime.Tensor('float32', data, shape) });
    await session.release();
    return probe.blockOf(results[probe.output]!.data as Float32Array);
  } catch {
    return 0; // a build of ONNX Runtime without these operators; plain ones do as well
  }
}
