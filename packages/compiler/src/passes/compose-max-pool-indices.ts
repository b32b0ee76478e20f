import { constantValue, nodeValue, scalarValue } from '../ir/build.js';
import { add, cast, compare, pad, slice, where } from '../ir/emit.js';
import { sizeOf, type Node, type Value, type Graph } from '../ir/graph.js';
import { rewrite } from '../ir/rewrite.js';

/** For providers whose `MaxPool` cannot say where in the input its maxima are: the first tap that equals them. */
export function composeMaxPoolIndices(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    if (node.op !== 'MaxPool' || node.domain !== '' || node.outputs.length !== 2) return undefined;
    const maxima = nodeValue('MaxPool', node.inputs, node.outputs[0]!, node);
    return [maxima, cast(indices(node, maxima), 'int64')];
  });
}

function indices(node: Node, maxima: Value): Value {
  const x = node.inputs[0]!;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const [, , rows = 1, columns = 1] = maxima.shape;
  const list = (name: string): readonly number[] => node.attributes[name] as readonly number[];
  const [[kernelRows = 1, kernelColumns = 1], [down = 1, right = 1]] = [
    list('kernel_shape'),
    list('strides'),
  ];
  const [top = 0, left = 0, bottom = 0, rightSide = 0] = list('pads');
  const padded = pad(x, [0, 0, top, left], [0, 0, bottom, rightSide], -Infinity);
  /** Where in its plane the tap (i, j) of every window lies. */
  const positions = (i: number, j: number): Value =>
    constantValue(
      Int32Array.from(
        { length: rows * columns },
        (_, at) => (Math.floor(at / columns) * down + i - top) * width + (at % columns) * right + j - left,
      ),
      [1, 1, rows, columns],
    );
  let found: Value = scalarValue(0, 'int32');
  // backwards, so that the first of equal maxima has the last word
  for (let tap = kernelRows * kernelColumns - 1; tap >= 0; tap--) {
    const [i, j] = [Math.floor(tap / kernelColumns), tap % kernelColumns];
    const seen = slice(padded, [
      { axis: 2, from: i, to: i + (rows - 1) * down + 1, step: down },
      { axis: 3, from: j, to: j + (columns - 1) * right + 1, step: right },
    ]);
    found = where(compare('Equal', seen, maxima), positions(i, j), found);
  }
  const planes = constantValue(
    Int32Array.from({ length: batch * channels }, (_, plane) => plane * height * width),
    [batch, channels, 1, 1],
  );
  return sizeOf(maxima.shape) === 0 ? found : add(found, planes);
}
