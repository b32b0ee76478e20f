import {
  mapTree,
  splitFrozen,
  splitSums,
  type Graph,
  type NamedLeaf,
  type Traced,
  type Tree,
} from '@ard/compiler';
import type { NdArray } from '@ard/core';
import { openSession, type NamedArrays, type Session, type SessionHost } from './session.js';

/** One traced function for one set of input shapes. */
export interface Program {
  run(inputs: readonly NamedLeaf<NdArray>[]): Promise<Tree<NdArray>>;
  dispose(): Promise<void>;
}

/** Computes the outputs of a graph and makes use of what is frozen. */
interface Runner {
  run(inputs: NamedArrays): Promise<NamedArrays>;
  release(): Promise<void>;
}

/** @param isFrozen whether an input seldom changes */
export function createProgram(
  { graph, results }: Traced,
  isFrozen: (inputName: string) => boolean,
  host: SessionHost,
): Program {
  const frozenNames = graph.inputs.map(({ name }) => name).filter(isFrozen);
  // blocked convolutions are as fast with weights as inputs; without them ONNX Runtime needs constants
  const runner = host.block > 0 ? preparing(graph, frozenNames, host) : baking(graph, frozenNames, host);

  return {
    dispose: () => runner.release(),
    async run(leaves) {
      const outputs = await runner.run(new Map(leaves.map(({ path, leaf }) => [path, leaf])));
      return mapTree(results, isName, (name) => outputs.get(name)!);
    },
  };
}

/**
 * Computes what depends on frozen inputs only in a session of its own, when one of them has changed. The rest runs in
 * one session, or one for each pass whose gradients are added up.
 */
function preparing(graph: Graph, frozenNames: readonly string[], host: SessionHost): Runner {
  const frozen = new Set(frozenNames);
  const { prepare, main } = splitFrozen(graph, (name) => frozen.has(name));
  const preparation = lazy(prepare, host);
  const parts = splitSums(main).map((part) => lazy(part, host));
  let last: NamedArrays | undefined;
  let prepared: NamedArrays = new Map();
  return {
    async run(inputs) {
      if (prepare.outputs.length > 0 && !(last && sameArrays(last, inputs))) {
        // the old ones go first, so that they are not held beside the new ones
        last = undefined;
        prepared = new Map();
        prepared = await (await preparation.open()).run(inputs);
        last = pick(inputs, frozenNames);
      }
      let known: NamedArrays = new Map([...inputs, ...prepared]);
      let results = known;
      for (const part of parts) {
        results = await (await part.open()).run(known);
        known = new Map([...known, ...results]);
      }
      return results;
    },
    async release() {
      await Promise.all([preparation, ...parts].map((session) => session.release()));
      last = undefined;
      prepared = new Map();
    },
  };
}

/** Builds frozen inputs into the model as constants, and a new session when one of them has changed. */
function baking(graph: Graph, frozenNames: readonly string[], host: SessionHost): Runner {
  let session: Session | undefined;
  let baked: NamedArrays = new Map();
  const release = async (): Promise<void> => {
    const old = session;
    session = undefined;
    await old?.release();
  };
  return {
    async run(inputs) {
      if (!session || !sameArrays(baked, inputs)) {
        await release();
        baked = pick(inputs, frozenNames);
        session = await openSession(graph, baked, host);
      }
      return session.run(inputs);
    },
    release,
  };
}

function lazy(graph: Graph, host: SessionHost): { open(): Promise<Session>; release(): Promise<void> } {
  let session: Session | undefined;
  return {
    open: async () => (session ??= await openSession(graph, new Map(), host)),
    release: async () => {
      const old = session;
      session = undefined;
      await old?.release();
    },
  };
}

function pick(arrays: NamedArrays, names: readonly string[]): NamedArrays {
  return new Map(names.map((name) => [name, arrays.get(name)!]));
}

function sameArrays(known: NamedArrays, current: NamedArrays): boolean {
  return [...known].every(([name, array]) => current.get(name) === array);
}

function isName(node: unknown): node is string {
  return typeof node === 'string';
}
