import { inputValue, nodeValue, outputName, toOnnx } from '@ard/compiler';
import { ArdError } from '@ard/core';
import type { OnnxEngineOptions } from './options.js';
import { providers } from './providers.js';
import { sessionOptions, type Runtime } from './runtime.js';

/**
 * Runs a tiny graph on a provider, since only that shows that its native code works here.
 *
 * @throws ArdError with cause and remedy where it does not
 */
export async function tryProvider(
  runtime: Runtime,
  options: Pick<OnnxEngineOptions, 'provider' | 'threads'>,
): Promise<void> {
  const { provider } = options;
  // one that the build lacks would be left out without a word
  if (!runtime.listSupportedBackends().some(({ name }) => name === provider)) {
    throw new ArdError(`ONNX Runtime's provider ${provider} does not exist on ${process.platform}.`, {
      remedy: providers[provider].remedy,
    });
  }
  const x = inputValue('x', [2], 'float32');
  const sum = nodeValue('Add', [x, x], x);
  const graph = {
    name: 'availability',
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'sum', value: sum }],
  };
  let second: number | undefined;
  try {
    const session = await runtime.InferenceSession.create(toOnnx(graph).bytes, sessionOptions(options));
    const results = await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1, 2), [2]) });
    await session.release();
    second = (results[outputName('sum')]?.data as Float32Array | undefined)?.[1];
  } catch (cause) {
    throw new ArdError(`ONNX Runtime's provider ${provider} does not start here: ${reason(cause)}`, {
      remedy: providers[provider].remedy,
      cause,
    });
  }
  if (second === 4) return;
  throw new ArdError(`ONNX Runtime's provider ${provider} starts here, but 2 + 2 is ${second} there.`, {
    remedy: providers[provider].remedy,
  });
}

/** The sentence at the end; before it stands where in ONNX Runtime's source it was found out. */
function reason(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n', 1);
  return line.replace(/^.*? was false\. /, '').replace(/^\/\S+:\d+ .*?\) /, '');
}
