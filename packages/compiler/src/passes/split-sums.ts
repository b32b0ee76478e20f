import { cut } from '../ir/cut.js';
import { sameShape, type Graph, type Node, type Value } from '../ir/graph.js';
import { graphNodes } from '../ir/traverse.js';

/** A part has to have at least this share of all convolutions, or a session of its own does not pay. */
const smallestShare = 0.2;

/**
 * Divides a training step whose gradients are sums over several passes through the network: what one pass needs,
 * forwards and backwards, is computed and its activations are dropped before the next one begins. In one piece ONNX
 * Runtime would run all passes forwards first and hold all their activations at once.
 *
 * @returns graphs to run one after the other; later ones take results of earlier ones as inputs, and the last one has
 *   the outputs of the whole
 */
export function splitSums(graph: Graph): readonly Graph[] {
  const first = firstPart(graph);
  if (!first) return [graph];
  const { handed, rest } = cut(graph, first, `handed by ${graph.name}`);
  // integers of 64 bits cannot leave a graph
  if (handed.some(({ value }) => value.type === 'int64')) return [graph];
  const part = { ...graph, name: `${graph.name}-first`, outputs: handed };
  return [...splitSums(part), ...splitSums({ ...rest, name: `${graph.name}-rest` })];
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
