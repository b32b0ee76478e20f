import { channelsFirst, type ExportedFile, type HostArray } from '@ard/core';
import type { OnnxExporterOptions } from './options.js';
import { loadRuntime } from './runtime.js';

export interface OnnxInputs {
  /** NHWC. */
  readonly images: HostArray;
  /** `[batch]`, int32; for the gradient graph. */
  readonly labels?: HostArray;
}

/**
 * Runs the first of the files, with the weights beside it, in ONNX Runtime, in the layout and the batches that the file takes.
 *
 * @returns for every output, the values of all images one after another, in the layout of the file
 */
export async function runOnnx(
  files: readonly ExportedFile[],
  { images, labels }: OnnxInputs,
  { layout, batch }: Pick<OnnxExporterOptions, 'layout' | 'batch'>,
): Promise<Readonly<Record<string, Float32Array>>> {
  const runtime = await loadRuntime();
  const session = await runtime.InferenceSession.create(files[0]!.bytes, {
    logSeverityLevel: 3,
    externalData: files
      .filter(({ path }) => path.endsWith('.bin'))
      .map(({ path, bytes }) => ({ path, data: bytes })),
  });
  try {
    const [count = 0, height = 1, width = 1, channels = 1] = images.shape;
    const pixels = height * width * channels;
    const data =
      layout === 'nhwc'
        ? (images.data as Float32Array)
        : channelsFirst(images.data as Float32Array, images.shape);
    const image = layout === 'nhwc' ? [height, width, channels] : [channels, height, width];
    const size = batch > 0 ? batch : count;
    const parts: Record<string, Float32Array[]> = {};
    for (let from = 0; from < count; from += size) {
      const filled = Math.min(size, count - from);
      const some = new Float32Array(size * pixels); // what a fixed batch lacks is black
      some.set(data.subarray(from * pixels, (from + filled) * pixels));
      const someLabels = new Int32Array(size);
      someLabels.set((labels?.data as Int32Array | undefined)?.subarray(from, from + filled) ?? []);
      const outputs = await session.run({
        images: new runtime.Tensor('float32', some, [size, ...image]),
        ...(labels ? { labels: new runtime.Tensor('int32', someLabels, [size]) } : {}),
      });
      for (const [name, tensor] of Object.entries(outputs)) {
        const values = tensor.data as Float32Array;
        (parts[name] ??= []).push(values.slice(0, (values.length / size) * filled));
      }
    }
    return Object.fromEntries(Object.entries(parts).map(([name, chunks]) => [name, joined(chunks)]));
  } finally {
    await session.release();
  }
}

function joined(chunks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
