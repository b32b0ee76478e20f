import '@tensorflow/tfjs'; // the only module that brings tfjs's gradients to Node
import * as tf from '@tensorflow/tfjs-core';
import type { TensorRecord } from '@ard/core';
import { registerBatchNormGradient } from '../gradients/batch-norm-gradient.js';
import { registerStridedSliceGradient } from '../gradients/strided-slice-gradient.js';
import { inputValue } from '../ir/build.js';
import type { ElementType, Graph, NamedValue, Shape } from '../ir/graph.js';
import { explainTraceError, traceBackend } from './register-kernels.js';
import { traceBackendName, type TraceBackend } from './trace-backend.js';
import { mapTree, type Tree } from './tree.js';

export interface InputSpec {
  readonly shape: Shape;
  readonly dtype: Exclude<ElementType, 'int64'>;
}

export interface Traced {
  readonly graph: Graph;
  /** The function's result with the name of a graph output at each leaf. */
  readonly results: Tree<string>;
}

/**
 * Runs a tfjs function once with symbolic tensors and records what it would compute.
 *
 * Inputs are named by their path in the tree (`network/parameters/conv1.weight`), outputs likewise.
 *
 * @throws ArdError naming the function, when it reads a value or uses a kernel without lowering
 */
export function trace(
  fn: (inputs: TensorRecord) => Tree<tf.Tensor>,
  inputs: Tree<InputSpec>,
  options: { readonly name: string },
): Traced {
  registerBatchNormGradient();
  registerStridedSliceGradient();
  const backend = traceBackend();
  const engine = tf.engine();
  const previous = engine.backendName || 'cpu';
  void tf.setBackend(traceBackendName); // takes effect at once for this backend
  backend.begin(options.name);
  engine.startScope(options.name);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100; // deep enough to find, behind tfjs's own calls, who used a kernel
  try {
    return record(fn, inputs, options.name, backend);
  } catch (error) {
    throw explainTraceError(error, options.name);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    engine.endScope();
    backend.end();
    void tf.setBackend(previous);
  }
}

function record(
  fn: (inputs: TensorRecord) => Tree<tf.Tensor>,
  specs: Tree<InputSpec>,
  name: string,
  backend: TraceBackend,
): Traced {
  const inputs: NamedValue[] = [];
  const placeholders = mapTree(specs, isInputSpec, ({ shape, dtype }, path) => {
    const value = inputValue(path, shape, dtype);
    inputs.push({ name: path, value });
    return tf.engine().makeTensorFromTensorInfo(backend.infoOf(value));
  });
  const outputs: NamedValue[] = [];
  const results = mapTree(fn(placeholders as TensorRecord), isTensor, (tensor, path) => {
    outputs.push({ name: path, value: backend.symbolOf(tensor) });
    return path;
  });
  return { graph: { name, inputs, outputs }, results };
}

function isInputSpec(node: unknown): node is InputSpec {
  return (
    typeof node === 'object' &&
    node !== null &&
    Array.isArray((node as Partial<InputSpec>).shape) &&
    'dtype' in node
  );
}

function isTensor(node: unknown): node is tf.Tensor {
  return node instanceof tf.Tensor || (typeof node === 'object' && node !== null && 'dataId' in node);
}
