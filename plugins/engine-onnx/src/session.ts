import { basename } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { outputName, toOnnx, type ConstantData, type Graph } from '@ard/compiler';
import { hostArray, isHostArray, type NdArray, type TypedArray } from '@ard/core';
import { reserveDump, writeDump } from './dump.js';
import type { OnnxEngineOptions } from './options.js';
import type { Profiler } from './profiler.js';
import { sessionOptions, type Runtime } from './runtime.js';

/** What sessions share. */
export interface SessionHost {
  readonly runtime: Runtime;
  readonly options: OnnxEngineOptions;
  /** Turns what was traced into what this machine runs. */
  optimise(graph: Graph, isFrozen: (inputName: string) => boolean): Graph;
  /** Channels side by side in this machine's blocked convolutions; 0 for none. */
  readonly block: number;
  /** Present where operators are to be timed. */
  readonly profiler?: Profiler;
  /** See `toOnnx`. */
  readonly inlineLimit?: number;
  /** Called when a session opens (+1) or closes (-1). */
  countSessions(change: 1 | -1): void;
  /** Called with the bytes that a call hands to ONNX Runtime and gets back. */
  countBytes(bytes: number): void;
}

export type NamedArrays = ReadonlyMap<string, NdArray>;

/** A graph ready to run. */
export interface Session {
  /** Takes more arrays than it needs; returns every output of the graph. */
  run(inputs: NamedArrays): Promise<Map<string, NdArray>>;
  release(): Promise<void>;
}

/**
 * Loads a graph into ONNX Runtime. Outputs that are inputs or constants of the graph are passed on as they are, and
 * a graph that computes nothing needs no session.
 *
 * @param baked values of inputs to build into the model
 */
export async function openSession(graph: Graph, baked: NamedArrays, host: SessionHost): Promise<Session> {
  const computes = graph.outputs.some(({ value }) => value.source.kind === 'node');
  const loaded = computes ? await load(graph, baked, host) : undefined;
  const constants = new Map<string, NdArray>();
  for (const { name, value } of graph.outputs) {
    if (value.source.kind !== 'constant') continue;
    constants.set(name, hostArray(value.source.data as TypedArray, value.shape));
  }
  return {
    async run(inputs) {
      const results = loaded ? await loaded.run(inputs) : new Map<string, NdArray>();
      for (const [name, array] of constants) results.set(name, array);
      for (const { name, value } of graph.outputs) {
        if (value.source.kind === 'input') results.set(name, inputs.get(value.source.name)!);
      }
      return results;
    },
    release: async () => loaded?.release(),
  };
}

async function load(graph: Graph, baked: NamedArrays, host: SessionHost): Promise<Session> {
  const { runtime, options } = host;
  const constants = new Map<string, ConstantData>();
  for (const [name, array] of baked) constants.set(name, await valuesOf(array));
  const name = graph.name.replaceAll(/[^\w-]+/g, '-');
  const dump = options.dump === '' ? undefined : await reserveDump(options.dump, name);
  const model = toOnnx(graph, {
    baked: constants,
    inlineLimit: host.inlineLimit,
    externalPrefix: dump === undefined ? undefined : basename(dump, '.onnx'),
  });
  if (dump !== undefined) await writeDump(dump, model);
  const profile = host.profiler?.prefixFor(name);
  const session = await runtime.InferenceSession.create(model.bytes, {
    ...sessionOptions(options, profile),
    externalData: [...model.external].map(([path, data]) => ({ path, data })),
  });
  host.countSessions(1);

  return {
    async run(inputs) {
      const feeds: Record<string, Tensor> = {};
      let bytes = 0;
      for (const name of model.inputs) {
        const array = inputs.get(name)!;
        const values = await valuesOf(array);
        bytes += values.byteLength;
        feeds[name] = new runtime.Tensor(array.dtype, values, array.shape);
      }
      const outputs = await session.run(feeds);
      const results = new Map(
        model.outputs.map((name) => {
          const { data, dims } = outputs[outputName(name)]!;
          bytes += (data as TypedArray).byteLength;
          return [name, hostArray(data as TypedArray, dims)];
        }),
      );
      host.countBytes(bytes);
      return results;
    },
    async release() {
      if (profile !== undefined) session.endProfiling();
      await session.release();
      host.countSessions(-1);
      if (profile !== undefined) await host.profiler?.collect(name, profile);
    },
  };
}

async function valuesOf(array: NdArray): Promise<TypedArray> {
  return isHostArray(array) ? array.data : array.read();
}
