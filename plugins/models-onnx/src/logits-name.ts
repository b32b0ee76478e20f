import { Malformed } from './file/malformed.js';
import type { OnnxFile, OnnxNode } from './file/model-file.js';

/**
 * The value that holds the logits: the output called so, or the first one. A softmax at the end is left out: attacks
 * and distillation take what is before it, and through it gradients vanish.
 */
export function logitsName(
  file: OnnxFile,
  nodesFor: (output: string) => readonly OnnxNode[],
): { readonly output: string; readonly nodes: readonly OnnxNode[] } {
  const output = (file.outputs.find(({ name }) => name === 'logits') ?? file.outputs[0])?.name;
  if (output === undefined) throw new Malformed('it has no output');
  const nodes = nodesFor(output);
  const last = nodes.find(({ outputs }) => outputs.includes(output));
  if (last?.op !== 'Softmax' && last?.op !== 'LogSoftmax') return { output, nodes };
  const before = last.inputs[0]!;
  return { output: before, nodes: nodesFor(before) };
}
