import { graphNodes, type ConstantData, type Graph } from '@ard/compiler';
import { shapeOf, type } from './attributes.js';
import { graphWriter, type GraphWriter } from './graph-writer.js';
import { knownValues } from './known-values.js';
import { elementwise } from './operators/elementwise.js';
import { matrices } from './operators/matrices.js';
import { shapes } from './operators/shapes.js';
import { windows } from './operators/windows.js';
import { cannotExport, createTranslation, type Operator } from './translation.js';

const operators: Readonly<Record<string, Operator>> = { ...elementwise, ...shapes, ...windows, ...matrices };

/**
 * A graph of the compiler in TensorFlow's operators, images in NHWC.
 *
 * @param baked values of its inputs other than `images`
 * @param batch the extent in the graph that stands for any number of images
 * @throws ArdError naming an operator that has no counterpart
 */
export function translateGraph(
  graph: Graph,
  baked: ReadonlyMap<string, ConstantData>,
  batch: number,
): GraphWriter {
  const writer = graphWriter();
  const known = knownValues(baked);
  const translation = createTranslation(writer, batch, known);
  for (const { name, value } of graph.inputs) {
    if (baked.has(name)) continue;
    const attr = { dtype: type('float32'), shape: shapeOf([-1, ...value.shape.slice(1)]) };
    translation.define(value, writer.node('Placeholder', [], attr, name));
  }
  for (const node of graphNodes(graph)) {
    if (node.outputs.every((output) => known(output))) continue;
    const operator = operators[node.op];
    if (!operator) throw cannotExport(`the operator ${node.op}`);
    operator(node, translation);
  }
  for (const { name, value } of graph.outputs) {
    writer.node('Identity', [translation.tensor(value)], { T: type('float32') }, name);
  }
  return writer;
}
