import {
  dynamicBatch,
  encodeOnnx,
  optimise,
  toOnnxMessage,
  trace,
  type Graph,
  type PassSwitches,
} from '@ard/compiler';
import type { ExportedFile, Model, TensorRecord, Variables } from '@ard/core';
import { bakedValues, networkSpecs, variableName } from '../network-inputs.js';
import type { OnnxExporterOptions } from './options.js';
import { quantiseWeights } from './quantise-weights.js';

export interface WrittenFunction {
  /** Of the file. */
  readonly path: string;
  readonly name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- its inputs are those that `withLabels` says
  readonly fn: (inputs: any) => TensorRecord;
  readonly withLabels: boolean;
  /** Passes of the compiler to leave out. */
  readonly passes: PassSwitches;
  /** Weights in 8 bits. */
  readonly quantise?: boolean;
}

/** Operators of the standard only. */
const target = { fusedMatrixProducts: false };

/** Two batch sizes that no extent of a network has. */
const tracedBatches = [1009, 1013] as const;

/**
 * A function over a network as an ONNX model of standard operators: weights inside under their PyTorch names, images
 * and labels in. Weights of more than a gigabyte travel in files beside it.
 */
export async function writeGraph(
  model: Model,
  variables: Variables,
  { path, name, fn, withLabels, passes, quantise = false }: WrittenFunction,
  options: Pick<OnnxExporterOptions, 'batch' | 'layout' | 'opset'>,
  metadata: Readonly<Record<string, string>>,
): Promise<readonly ExportedFile[]> {
  const traced = (batch: number): Graph =>
    optimise(trace(fn, inputSpecs(model, batch, options.layout, withLabels), { name }).graph, target, passes);
  const [small, large] = tracedBatches;
  const graph =
    options.batch > 0 ? traced(options.batch) : dynamicBatch(traced(small), traced(large), 'images');
  const { message, external } = toOnnxMessage(graph, {
    externalPrefix: `${path}.data`,
    baked: await bakedValues(variables),
    names: {
      input: variableName,
      output: (path) => path,
    },
    operatorSet: options.opset,
    metadata,
    ...(options.batch > 0 ? {} : { dynamicBatch: small }),
  });
  return [
    { path, bytes: encodeOnnx(quantise ? quantiseWeights(message) : message) },
    ...[...external].map(([file, bytes]) => ({ path: file, bytes })),
  ];
}

function inputSpecs(model: Model, batch: number, layout: 'nchw' | 'nhwc', withLabels: boolean) {
  const { height, width, channels } = model.shape;
  const image = layout === 'nhwc' ? [height, width, channels] : [channels, height, width];
  return {
    images: { shape: [batch, ...image], dtype: 'float32' } as const,
    ...(withLabels ? { labels: { shape: [batch], dtype: 'int32' } as const } : {}),
    network: networkSpecs(model),
  };
}
