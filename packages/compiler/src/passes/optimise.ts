import type { Graph } from '../ir/graph.js';
import { blockedLayout } from './blocked-layout.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { composeMaxPoolIndices } from './compose-max-pool-indices.js';
import { constantFolding } from './constant-folding.js';
import { flatElementwise } from './flat-elementwise.js';
import { foldChannelScales } from './fold-channel-scales.js';
import { fuseBlockedConvolutions } from './fuse-blocked-convolutions.js';
import { layout } from './layout.js';
import { moveOnce } from './move-once.js';
import { reluMasks } from './relu-masks.js';
import { simplify } from './simplify.js';
import { splitChannelMultipliers } from './split-channel-multipliers.js';
import { trainBatchNorm } from './train-batch-norm.js';
import { unfuseMatrixProducts } from './unfuse-matrix-products.js';
import { weightGradients } from './weight-gradients.js';
import { winograd, type WinogradBounds } from './winograd.js';

/** What the passes may know about where the graph will run. */
export interface Target {
  /** Channels that the machine's blocked convolutions keep side by side; 0 where it has none. */
  readonly block?: number;
  /** Whether an input of the graph changes so seldom that work done once per change counts little; none otherwise. */
  readonly isFrozen?: (inputName: string) => boolean;
  /** From where on Winograd's algorithm is used; as measured unless told otherwise. */
  readonly winogradBounds?: WinogradBounds;
  /** Whether `BatchNormalization` can return the batch's own statistics; true unless told otherwise. */
  readonly trainingBatchNorm?: boolean;
  /** Whether there is `FusedMatMul`; true unless told otherwise. */
  readonly fusedMatrixProducts?: boolean;
  /** Whether grouped convolutions may make several channels out of one; true unless told otherwise. */
  readonly channelMultipliers?: boolean;
  /** Whether `MaxPool` can say where its maxima are; true unless told otherwise. */
  readonly maxPoolIndices?: boolean;
}

/** In the order in which they run. Dead code needs no pass: a graph is what its outputs reach. */
const pipeline = [
  [
    'composeMaxPoolIndices',
    (graph, target) => (target.maxPoolIndices === false ? composeMaxPoolIndices(graph) : graph),
  ],
  ['constantFolding', constantFolding],
  ['simplify', simplify],
  ['reluMasks', reluMasks],
  ['commonSubexpressions', commonSubexpressions],
  ['layout', layout],
  ['simplify', simplify],
  ['commonSubexpressions', commonSubexpressions],
  ['trainBatchNorm', (graph, target) => (target.trainingBatchNorm === false ? graph : trainBatchNorm(graph))],
  ['foldChannelScales', foldChannelScales],
  ['blockedLayout', (graph, { block = 0 }) => blockedLayout(graph, block)],
  ['weightGradients', weightGradients],
  [
    'splitChannelMultipliers',
    (graph, target) => (target.channelMultipliers === false ? splitChannelMultipliers(graph) : graph),
  ],
  ['commonSubexpressions', commonSubexpressions],
  ['moveOnce', moveOnce],
  ['fuseBlockedConvolutions', fuseBlockedConvolutions],
  [
    'winograd',
    (graph, { block = 0, isFrozen = () => false, winogradBounds }) =>
      winograd(graph, block, isFrozen, winogradBounds),
  ],
  ['simplify', simplify],
  ['flatElementwise', flatElementwise],
  [
    'unfuseMatrixProducts',
    (graph, target) => (target.fusedMatrixProducts === false ? unfuseMatrixProducts(graph) : graph),
  ],
] as const satisfies readonly (readonly [string, (graph: Graph, target: Target) => Graph])[];

/** Replaces an operator that no runtime knows, so it is no optimisation to do without. */
const required = 'weightGradients';

export type PassName = Exclude<(typeof pipeline)[number][0], typeof required>;

export const passNames: readonly PassName[] = [
  ...new Set(pipeline.map(([name]) => name).filter((name) => name !== required)),
];

/** Passes to leave out, for finding a mistake: `{ layout: false }`. All others run. */
export type PassSwitches = { readonly [Name in PassName]?: boolean };

/** The same function as a graph that runs faster. */
export function optimise(graph: Graph, target: Target = {}, passes: PassSwitches = {}): Graph {
  return pipeline.reduce<Graph>(
    (current, [name, pass]) =>
      name !== required && passes[name] === false ? current : pass(current, target),
    graph,
  );
}
