import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  ArdError,
  hostArray,
  isArdError,
  type ImageShape,
  type Model,
  type NdArray,
  type TensorVariables,
  type Variables,
  type VariableSpec,
} from '@ard/core';
import { normaliseImages } from '@ard/nn';
import { applyGraph, type ImportedGraph } from './apply-graph.js';
import { neededNodes, unknownOperators } from './check-graph.js';
import { dryRun } from './dry-run.js';
import { Malformed } from './file/malformed.js';
import { readOnnxFile, type OnnxFile, type OnnxInput } from './file/model-file.js';
import { foreignModel } from './foreign/foreign-model.js';
import { logitsName } from './logits-name.js';
import type { OnnxModelOptions } from './options.js';

const noVariables: Variables = { parameters: {}, statistics: {} };

/**
 * Makes a model of an ONNX file: its graph as tfjs functions, so that it is compiled and differentiated like every
 * other network, and its weights as named variables. It is in eval mode always. One with operators that are not known
 * is left to ONNX Runtime, and has no gradient.
 *
 * @throws ArdError in one line when the file is damaged, or is for other images or another number of classes
 */
export async function importOnnx(
  path: string,
  options: OnnxModelOptions,
  shape: ImageShape,
  classes: number,
): Promise<{ readonly model: Model; readonly variables: Variables }> {
  const file = await readOnnxFile(path);
  try {
    const graph = graphOf(file, options, shape);
    const unknown = unknownOperators(graph.nodes);
    if (unknown.length > 0) {
      const { image, layout, exportedBatch: batch } = graph;
      const foreign = { path, file, image, layout, batch, unknown };
      return { model: await foreignModel(foreign, options, shape, classes), variables: noVariables };
    }
    const variables = variablesOf(file, graph);
    const model = modelOf(basename(path), graph, options, { shape, classes, variables });
    const found = dryRun(model);
    if (found !== classes) {
      throw new ArdError(`${path} tells ${found} classes apart; the images have ${classes}.`, {
        remedy: 'Choose the data set that the network was trained on.',
      });
    }
    return { model, variables };
  } catch (error) {
    if (isArdError(error)) throw error;
    // tfjs checks shapes itself; what it says is about this file
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw new ArdError(`Cannot use ${path}: ${reason.replace(/\.$/, '')}.`, {
      remedy:
        error instanceof Malformed
          ? 'Export the network again; docs/onnx.md says what can be imported.'
          : `Its graph does not fit images of ${shape.height}x${shape.width}x${shape.channels}.`,
    });
  }
}

/** @param shape of the images, where it is known; they are compared with what the file takes */
export function graphOf(
  file: OnnxFile,
  { layout }: OnnxModelOptions,
  shape: ImageShape | undefined,
): ImportedGraph {
  const inputs = file.inputs.filter(({ name }) => !Object.hasOwn(file.constants, name));
  const [image] = inputs;
  if (image === undefined || inputs.length > 1) {
    throw new Malformed(`it takes ${inputs.length} inputs; a classifier takes images only`);
  }
  if (image.shape.length !== 4) {
    throw new Malformed(`its input "${image.name}" has ${image.shape.length} axes; images have 4`);
  }
  const order = layout === 'auto' ? layoutOf(file, image, shape) : layout;
  if (shape !== undefined) refuseOtherImages(image, order, shape);
  const { output, nodes } = logitsName(file, (name) => neededNodes(file, image.name, name));
  return {
    nodes,
    output,
    image: image.name,
    layout: order,
    operatorSet: file.operatorSet,
    exportedBatch: image.shape[0],
    constants: file.constants,
    variables: new Set(weightNames(file, nodes)),
  };
}

function refuseOtherImages(
  image: OnnxInput,
  order: 'nchw' | 'nhwc',
  { height, width, channels }: ImageShape,
): void {
  const wanted = order === 'nhwc' ? [height, width, channels] : [channels, height, width];
  const taken = image.shape.slice(1);
  if (taken.every((extent, axis) => extent === undefined || extent === wanted[axis])) return;
  throw new ArdError(
    `The network takes images of [${taken.map((extent) => extent ?? '?').join(', ')}] (${order}), not [${wanted.join(', ')}].`,
    { remedy: 'Choose the data set that it was trained on, or --set <part>.layout.' },
  );
}

/** Where the channels are, of which there are as many as the images have, or 1 or 3 where that is not known. */
export function layoutOf(
  file: OnnxFile,
  { shape: [, second, , last] }: OnnxInput,
  shape?: ImageShape,
): 'nchw' | 'nhwc' {
  const stated = file.metadata['ard.layout'];
  if (stated === 'nchw' || stated === 'nhwc') return stated;
  const isChannels = (extent: number | undefined): boolean =>
    shape === undefined ? extent === 1 || extent === 3 : extent === shape.channels;
  return isChannels(last) && !isChannels(second) ? 'nhwc' : 'nchw';
}

/** Float arrays that the graph needs are weights; single numbers are settings of operators. */
function weightNames(file: OnnxFile, nodes: ImportedGraph['nodes']): readonly string[] {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return Object.entries(file.constants)
    .filter(([name, { integer, data }]) => used.has(name) && !integer && data.length > 1)
    .map(([name]) => name);
}

function variablesOf({ constants }: OnnxFile, { nodes, variables }: ImportedGraph): Variables {
  const statistics = statisticNames(nodes);
  const parameters: Record<string, NdArray> = {};
  const running: Record<string, NdArray> = {};
  for (const name of variables) {
    const { data, shape } = constants[name]!;
    if (!data.every(Number.isFinite)) throw new Malformed(`weight "${name}" has values that are not finite`);
    (statistics.has(name) ? running : parameters)[name] = hostArray(data as Float32Array, shape);
  }
  return { parameters, statistics: running };
}

/** Running mean and variance of batch norm. */
function statisticNames(nodes: ImportedGraph['nodes']): ReadonlySet<string> {
  return new Set(
    nodes.filter(({ op }) => op === 'BatchNormalization').flatMap(({ inputs }) => inputs.slice(3, 5)),
  );
}

function modelOf(
  name: string,
  graph: ImportedGraph,
  { mean, std }: OnnxModelOptions,
  parts: { readonly shape: ImageShape; readonly classes: number; readonly variables: Variables },
): Model {
  const { shape, classes, variables } = parts;
  const specs = (kind: VariableSpec['kind'], arrays: Variables['parameters']): VariableSpec[] =>
    Object.entries(arrays).map(([key, array]) => ({
      name: key,
      shape: array.shape,
      kind,
      storage: 'float32',
    }));
  return {
    name,
    shape,
    classes,
    normalisation: { mean, std },
    variables: [...specs('parameter', variables.parameters), ...specs('statistic', variables.statistics)],
    init: () => variables,
    apply(given: TensorVariables, images, mode) {
      if (mode === 'train') {
        throw new ArdError(`${name}: the network of an ONNX file is not trained.`, {
          remedy:
            'Use it as a teacher or evaluate it; --set training.attackMode=eval leaves its batch norm alone.',
        });
      }
      const weights = { ...given.parameters, ...given.statistics } as Readonly<Record<string, tf.Tensor>>;
      const logits = applyGraph(graph, weights, normaliseImages(images, mean, std));
      return { logits: tf.reshape(logits, [images.shape[0], -1]), statistics: given.statistics };
    },
  };
}
