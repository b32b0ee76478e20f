import type * as tf from '@tensorflow/tfjs-core';
import { Malformed } from './file/malformed.js';
import type { OnnxNode } from './file/model-file.js';
import type { Constant } from './file/tensor.js';
import { operators } from './operators/table.js';
import { asPlain, channelsLast, plain, type Value } from './values.js';

/** A graph whose operators are all known. */
export interface ImportedGraph {
  /** In an order in which they can be computed. */
  readonly nodes: readonly OnnxNode[];
  readonly image: string;
  readonly output: string;
  readonly layout: 'nchw' | 'nhwc';
  readonly operatorSet: number;
  /** The only batch size that the file says it takes, if it says one. */
  readonly exportedBatch: number | undefined;
  readonly constants: Readonly<Record<string, Constant>>;
  /** Constants that are weights and are given as tensors. */
  readonly variables: ReadonlySet<string>;
}

/** @param images NHWC, normalised as the graph wants them. @returns its output, for every image */
export function applyGraph(
  graph: ImportedGraph,
  weights: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor4D,
): tf.Tensor {
  const values = new Map<string, Value>();
  values.set(graph.image, graph.layout === 'nhwc' ? plain(images) : channelsLast(images));
  const valueOf = (name: string): Value | undefined => {
    if (name === '') return undefined;
    const known = values.get(name);
    if (known) return known;
    if (graph.variables.has(name)) return plain(weights[name]!);
    const constant = graph.constants[name];
    if (constant) return { kind: 'constant', constant };
    throw new Malformed(`"${name}" was not computed`);
  };
  const batch = { now: images.shape[0], exported: graph.exportedBatch };
  for (const node of graph.nodes) {
    const { operatorSet } = graph;
    const results = operators[node.op]!({ node, operatorSet, inputs: node.inputs.map(valueOf), batch });
    const list = Array.isArray(results) ? (results as readonly Value[]) : [results as Value];
    node.outputs.forEach((name, index) => {
      const value = list[index];
      // the mask of Dropout and the like: an error only where somebody needs it
      if (value && name !== '') values.set(name, value);
    });
  }
  return asPlain(values.get(graph.output)!);
}
