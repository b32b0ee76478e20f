import { Malformed } from './file/malformed.js';
import type { OnnxFile, OnnxNode } from './file/model-file.js';
import { operators } from './operators/table.js';

/**
 * The nodes that the logits need, in an order in which they can be computed.
 *
 * @throws Malformed when a node needs what nothing computes before it, as in a cycle, or a name is computed twice
 */
export function neededNodes(file: OnnxFile, image: string, output: string): readonly OnnxNode[] {
  const madeBy = new Map<string, OnnxNode>();
  const known = new Set([image, ...Object.keys(file.constants)]);
  for (const node of file.nodes) {
    for (const name of node.inputs) {
      if (name !== '' && !known.has(name)) {
        throw new Malformed(`${node.op} needs "${shown(name)}", which nothing before it computes`);
      }
    }
    for (const name of node.outputs) {
      if (name === '') continue;
      if (madeBy.has(name)) throw new Malformed(`"${shown(name)}" is computed twice`);
      madeBy.set(name, node);
      known.add(name);
    }
  }
  const needed = new Set<OnnxNode>();
  const open = [output];
  while (open.length > 0) {
    const node = madeBy.get(open.pop()!);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs);
  }
  if (needed.size === 0) throw new Malformed('nothing computes its output');
  return file.nodes.filter((node) => needed.has(node));
}

/** Operators that are not known, sorted, with their domains. */
export function unknownOperators(nodes: readonly OnnxNode[]): readonly string[] {
  const names = nodes
    .filter(({ op, domain }) => domain !== '' || !Object.hasOwn(operators, op))
    .map(({ op, domain }) => (domain === '' ? op : `${domain}.${op}`));
  return [...new Set(names)].sort();
}

function shown(name: string): string {
  return name.length > 60 ? `${name.slice(0, 59)}…` : name;
}
