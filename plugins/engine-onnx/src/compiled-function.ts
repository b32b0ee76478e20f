import { flattenTree, mapTree, trace, type InputSpec, type Tree } from '@ard/compiler';
import {
  ArdError,
  type Compiled,
  type CompileOptions,
  type Concrete,
  type NdArray,
  type TensorRecord,
} from '@ard/core';
import { createProgram, type Program } from './program.js';
import type { SessionHost } from './session.js';

/** Compiles a function anew for each set of input shapes and remembers the results. */
export function compiledFunction<I extends TensorRecord, O extends TensorRecord>(
  fn: (inputs: I) => O,
  { name, frozen = [] }: CompileOptions,
  host: SessionHost,
): Compiled<I, O> {
  const programs = new Map<string, Program>();
  let disposed = false;
  // of `frozen`, which names top-level inputs, or of what they hold
  const isFrozen = (inputName: string): boolean => frozen.includes(inputName.split('/', 1)[0]!);

  function programFor(tree: Tree<NdArray>, key: string): Program {
    let program = programs.get(key);
    if (!program) {
      const specs = mapTree(tree, isNdArray, ({ shape, dtype }): InputSpec => ({ shape, dtype }));
      const traced = trace(fn as unknown as Parameters<typeof trace>[0], specs, { name });
      program = createProgram({ ...traced, graph: host.optimise(traced.graph, isFrozen) }, isFrozen, host);
      programs.set(key, program);
    }
    return program;
  }

  const run = async (inputs: Concrete<I>): Promise<Concrete<O>> => {
    if (disposed) throw new ArdError(`${name}: was called after it had been disposed of.`);
    const tree = inputs as unknown as Tree<NdArray>;
    const leaves = flattenTree(tree, isNdArray);
    const key = leaves.map(({ path, leaf }) => `${path}:${leaf.dtype}[${leaf.shape.join()}]`).join(';');
    return (await programFor(tree, key).run(leaves)) as Concrete<O>;
  };

  return Object.assign(run, {
    dispose: async () => {
      disposed = true;
      await Promise.all([...programs.values()].map((program) => program.dispose()));
      programs.clear();
    },
  });
}

function isNdArray(node: unknown): node is NdArray {
  return typeof node === 'object' && node !== null && typeof (node as Partial<NdArray>).read === 'function';
}
