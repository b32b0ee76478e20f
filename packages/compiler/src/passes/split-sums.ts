import { inputValue } from '../ir/build.js';
import { sameShape, type Graph, type NamedValue, type Node, type Value } from '../ir/graph.js';
import { withInputs } from '../ir/rewrite.js';
import { graphNodes } from '../ir/traverse.js';

/** A part has to have at least this share of all convolutions, or a session of its own does not pay. */
const smallestShare = 0.2;

/**
 * Divides a training step whose gradients are sums over several passes through the network: what one pass needs,
 * forwards and backwards, is computed and its activations are dropped before the next one begins. In one piece ONNX
 * Runtime would run all passes forwards first and hold all their activations at once.
 *
 * @returns graphs to run one after the other; later ones take results of earlier ones as inputs
 */
export function splitSums(graph: Graph): readonly Graph[] {
  const first = firstPart(graph);
  if (!first) return [graph];
  const { part, rest } = divided(graph, first);
  return [...splitSums(part), ...splitSums(rest)];
}

/** The nodes that only the first pass computes, if the graph has sums of gradients of independent passes. */
function firstPart(graph: Graph): ReadonlySet<Node> | undefined {
  const nodes = graphNodes(graph);
  const convolutions = convolutionsBefore(nodes);
  const of = (value: Value | undefined): bigint =>
    value?.source.kind === 'node' ? convolutions.get(value.source.node)! : 0n;
  const sums = nodes.filter(({ op, inputs: [a, b] }) => {
    return (
      op === 'Add' && sameShape(a!.shape, b!.shape) && of(a) !== 0n && of(b) !== 0n && (of(a) & of(b)) === 0n
    );
  });
  const size = ({ inputs: [a, b] }: Node): number => Math.min(count(of(a)), count(of(b)));
  const largest = sums.reduce<Node | undefined>(
    (best, sum) => (best && size(best) >= size(sum) ? best : sum),
    undefined,
  );
  const total = nodes.filter(isConvolution).length;
  if (!largest || size(largest) < total * smallestShare) return undefined;
  const [one, other] = largest.inputs.map(of) as [bigint, bigint];
  const targets = sums
    .flatMap(({ inputs }) => inputs as Value[])
    .filter((value) => (of(value) & one) !== 0n && (of(value) & other) === 0n);
  // what comes before any convolution, such as weights in blocked order, is computed again rather than kept for later
  return new Set([...ancestors(targets)].filter((node) => convolutions.get(node) !== 0n));
}

/** For each node, which convolutions it depends on, one bit each. */
function convolutionsBefore(nodes: readonly Node[]): ReadonlyMap<Node, bigint> {
  const before = new Map<Node, bigint>();
  let next = 1n;
  for (const node of nodes) {
    let bits = 0n;
    for (const input of node.inputs) {
      if (input?.source.kind === 'node') bits |= before.get(input.source.node)!;
    }
    if (isConvolution(node)) {
      bits |= next;
      next <<= 1n;
    }
    before.set(node, bits);
  }
  return before;
}

/** Of images; those that move weights about do not count. */
function isConvolution({ op, attributes }: Node): boolean {
  return op === 'Conv' && attributes.group === 1;
}

function count(bits: bigint): number {
  let ones = 0;
  for (let rest = bits; rest !== 0n; rest &= rest - 1n) ones++;
  return ones;
}

function ancestors(values: readonly Value[]): ReadonlySet<Node> {
  const outputs = values.map((value, index) => ({ name: `${index}`, value }));
  return new Set(graphNodes({ name: '', inputs: [], outputs }));
}

/** What `nodes` compute for others becomes an output of the part and an input of the rest. */
function divided(graph: Graph, nodes: ReadonlySet<Node>): { readonly part: Graph; readonly rest: Graph } {
  const handed: NamedValue[] = [];
  const replaced = new Map<Value, Value>();
  const outside = (value: Value): Value => {
    const known = replaced.get(value);
    if (known) return known;
    if (value.source.kind !== 'node' || !nodes.has(value.source.node)) return value;
    const name = `handed by ${graph.name}:${handed.length}`;
    const input = inputValue(name, value.shape, value.type);
    handed.push({ name, value });
    replaced.set(value, input);
    return input;
  };
  for (const node of graphNodes(graph)) {
    if (nodes.has(node)) continue;
    const moved = withInputs(
      node,
      node.inputs.map((input) => input && outside(input)),
    );
    node.outputs.forEach((output, index) => {
      if (moved.outputs[index] !== output) replaced.set(output, moved.outputs[index]!);
    });
  }
  const done = graph.outputs.filter(
    ({ value: { source } }) => source.kind === 'node' && nodes.has(source.node),
  );
  const open = graph.outputs.filter((output) => !done.includes(output));
  const outputs = open.map(({ name, value }) => ({ name, value: outside(value) }));
  const taken = handed.map(({ name, value }) => ({ name, value: replaced.get(value)! }));
  return {
    part: { ...graph, outputs: [...done, ...handed] },
    rest: { name: `${graph.name}-rest`, inputs: [...graph.inputs, ...taken], outputs },
  };
}
