import type { InferenceSession } from 'onnxruntime-node';
import {
  ArdError,
  foreignLogits,
  channelsFirst,
  hostArray,
  type ImageShape,
  type Model,
  type NdArray,
} from '@ard/core';
import { normaliseImages } from '@ard/nn';
import type { OnnxFile } from '../file/model-file.js';
import type { OnnxModelOptions } from '../options.js';
import { loadRuntime, type Runtime } from './runtime.js';

export interface ForeignFile {
  readonly path: string;
  readonly file: OnnxFile;
  /** Input and its layout. */
  readonly image: string;
  readonly layout: 'nchw' | 'nhwc';
  /** The only batch size that the file takes, if there is one. */
  readonly batch: number | undefined;
  /** Operators that are not known. */
  readonly unknown: readonly string[];
}

/**
 * A network whose operators the importer does not know, computed by ONNX Runtime. It gives logits, and no gradient.
 *
 * @throws ArdError when ONNX Runtime cannot run it either, or it is for another number of classes
 */
export async function foreignModel(
  given: ForeignFile,
  { mean, std }: OnnxModelOptions,
  shape: ImageShape,
  classes: number,
): Promise<Model> {
  const { path, unknown } = given;
  const runtime = await loadRuntime(path);
  const session = await opened(runtime, path, unknown);
  const network = {
    name: path,
    withoutGradient: {
      message: `${path} has no gradient: ard does not know its ${unknown.length === 1 ? 'operator' : 'operators'} ${unknown.join(', ')}.`,
      remedy:
        'Attack it without gradients (--attack square), attack a network that is like it and transfer, or export it anew with plainer operators (docs/onnx.md). As a teacher it suits methods that need its logits only, such as rslad or ard.',
    },
    logits: (images: NdArray) => logitsOf(runtime, session, given, images, classes),
  };
  await network.logits(
    hostArray(new Float32Array(2 * shape.height * shape.width * shape.channels), [
      2,
      shape.height,
      shape.width,
      shape.channels,
    ]),
  );
  return {
    name: path.replace(/^.*[\\/]/, ''),
    shape,
    classes,
    normalisation: { mean, std },
    variables: [],
    init: () => ({ parameters: {}, statistics: {} }),
    apply: (variables, images) => ({
      logits: foreignLogits(network, normaliseImages(images, mean, std)),
      statistics: variables.statistics,
    }),
  };
}

async function opened(runtime: Runtime, path: string, unknown: readonly string[]): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(path, { logSeverityLevel: 3 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new ArdError(
      `${path} uses operators that cannot be imported, ${unknown.join(', ')}, and ONNX Runtime does not run it either: ${reason}`,
      { remedy: 'Export it anew with plainer operators; docs/onnx.md lists those that are known.', cause },
    );
  }
}

async function logitsOf(
  runtime: Runtime,
  session: InferenceSession,
  { path, file, image, layout, batch }: ForeignFile,
  images: NdArray,
  classes: number,
): Promise<NdArray> {
  const [count = 0, height = 1, width = 1, channels = 1] = images.shape;
  const pixels = height * width * channels;
  const read = (await images.read()) as Float32Array;
  const data = layout === 'nhwc' ? read : channelsFirst(read, images.shape);
  const axes = layout === 'nhwc' ? [height, width, channels] : [channels, height, width];
  const size = batch ?? count;
  const output = file.outputs.find(({ name }) => name === 'logits') ?? file.outputs[0]!;
  const logits = new Float32Array(count * classes);
  for (let from = 0; from < count; from += size) {
    const filled = Math.min(size, count - from);
    const some = new Float32Array(size * pixels); // what a fixed batch lacks is black
    some.set(data.subarray(from * pixels, (from + filled) * pixels));
    const results = await session.run({ [image]: new runtime.Tensor('float32', some, [size, ...axes]) });
    const values = results[output.name]!.data as Float32Array;
    if (values.length !== size * classes) {
      throw new ArdError(`${path} tells ${values.length / size} classes apart; the images have ${classes}.`, {
        remedy: 'Choose the data set that the network was trained on.',
      });
    }
    logits.set(values.subarray(0, filled * classes), from * classes);
  }
  if (file.nodes.some(({ op, outputs }) => op === 'Softmax' && outputs.includes(output.name))) {
    // logarithms of probabilities are logits, up to a number for each image that no loss sees
    logits.forEach((value, index) => (logits[index] = Math.log(Math.max(value, 1e-38))));
  }
  return hostArray(logits, [count, classes]);
}
