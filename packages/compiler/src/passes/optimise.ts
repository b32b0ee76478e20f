import type { Graph } from '../ir/graph.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { constantFolding } from './constant-folding.js';
import { layout } from './layout.js';
import { simplify } from './simplify.js';
import { trainBatchNorm } from './train-batch-norm.js';

/** In the order in which they run. Dead code needs no pass: a graph is what its outputs reach. */
const pipeline = [
  ['constantFolding', constantFolding],
  ['simplify', simplify],
  ['commonSubexpressions', commonSubexpressions],
  ['layout', layout],
  ['simplify', simplify],
  ['commonSubexpressions', commonSubexpressions],
  ['trainBatchNorm', trainBatchNorm],
  ['commonSubexpressions', commonSubexpressions],
] as const satisfies readonly (readonly [string, (graph: Graph) => Graph])[];

export type PassName = (typeof pipeline)[number][0];

export const passNames: readonly PassName[] = [...new Set(pipeline.map(([name]) => name))];

/** Passes to leave out, for finding a mistake: `{ layout: false }`. All others run. */
export type PassSwitches = { readonly [Name in PassName]?: boolean };

/** The same function as a graph that runs faster. */
export function optimise(graph: Graph, passes: PassSwitches = {}): Graph {
  return pipeline.reduce(
    (current, [name, pass]) => (passes[name] === false ? current : pass(current)),
    graph,
  );
}
