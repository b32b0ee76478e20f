import type * as tf from '@tensorflow/tfjs-core';
import type { TensorRecord } from '@ard/core';
import { graphNodes, trace, type Graph, type InputSpec, type Tree } from '../src/index.js';

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Traces a function of float32 inputs. */
export function traced(
  fn: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  shapes: Shapes,
): Graph {
  const specs: Tree<InputSpec> = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
  );
  return trace((inputs: TensorRecord) => fn(inputs as Record<string, tf.Tensor>), specs, { name: 'subject' })
    .graph;
}

/** How often each operator occurs; blocked ones carry their domain. */
export function operators(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op, domain } of graphNodes(graph)) {
    const name = domain === '' ? op : `${domain}.${op}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** How often images come into blocked order; weights, which have a first axis of 1 when they do, are not counted. */
export function reorderedImages(graph: Graph): number {
  return graphNodes(graph).filter(({ op, outputs }) => op === 'ReorderInput' && outputs[0]!.shape[0] !== 1)
    .length;
}
