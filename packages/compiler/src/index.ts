/** Traces tfjs functions into a graph of ONNX operators, optimises it and writes it as an ONNX model. */
export * from './ir/graph.js';
export { inputValue, nodeValue } from './ir/build.js';
export { countUses, graphNodes } from './ir/traverse.js';
export { trace, type InputSpec, type Traced } from './trace/trace.js';
export { flattenTree, mapTree, type NamedLeaf, type Tree } from './trace/tree.js';
export { optimise, passNames, type PassName, type PassSwitches, type Target } from './passes/optimise.js';
export { splitFrozen, type SplitGraph } from './passes/split-frozen.js';
export { splitSums } from './passes/split-sums.js';
export { blockProbe } from './onnx/block-probe.js';
export { dynamicBatch } from './onnx/dynamic-batch.js';
export type * from './onnx/messages.js';
export {
  encodeOnnx,
  outputName,
  toOnnx,
  toOnnxMessage,
  type OnnxModel,
  type OnnxOptions,
} from './onnx/to-onnx.js';
export { supportedKernels } from './lowering/table.js';
