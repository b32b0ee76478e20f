import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  mapTree,
  outputName,
  toOnnx,
  type ConstantData,
  type Graph,
  type NamedLeaf,
  type OnnxModel,
  type Traced,
  type Tree,
} from '@ard/compiler';
import { hostArray, isHostArray, type NdArray, type TypedArray } from '@ard/core';
import type { OnnxEngineOptions } from './options.js';
import { sessionOptions, type Runtime } from './runtime.js';

/** What programs share. */
export interface ProgramHost {
  readonly runtime: Runtime;
  readonly options: OnnxEngineOptions;
  /** Distinguishes dumps and profiles of functions with the same name. */
  nextNumber(): number;
}

/** One traced function for one set of input shapes. */
export interface Program {
  run(inputs: readonly NamedLeaf<NdArray>[]): Promise<Tree<NdArray>>;
  dispose(): Promise<void>;
}

/** A session and what its model was built from. */
interface Loaded {
  readonly session: InferenceSession;
  readonly model: OnnxModel;
  readonly baked: ReadonlyMap<string, NdArray>;
}

/** @param frozen top-level inputs whose values are built into the model until they change */
export function createProgram(
  { graph, results }: Traced,
  frozen: readonly string[],
  host: ProgramHost,
): Program {
  const bakedNames = graph.inputs
    .map(({ name }) => name)
    .filter((name) => frozen.includes(name.split('/', 1)[0]!));
  const passedThrough = new Map(
    graph.outputs.flatMap(({ name, value }) =>
      value.source.kind === 'input' ? [[name, value.source.name]] : [],
    ),
  );
  const constants = constantOutputs(graph);
  const computes = graph.outputs.some(({ value }) => value.source.kind === 'node');
  let loaded: Loaded | undefined;

  async function sessionFor(inputs: ReadonlyMap<string, NdArray>): Promise<Loaded> {
    if (loaded && [...loaded.baked].every(([name, array]) => inputs.get(name) === array)) return loaded;
    await release();
    const baked = new Map(bakedNames.map((name) => [name, inputs.get(name)!]));
    const data = await Promise.all(
      [...baked].map(async ([name, array]) => [name, await valuesOf(array)] as const),
    );
    loaded = await load(graph, new Map(data), baked, host);
    return loaded;
  }

  async function release(): Promise<void> {
    const old = loaded;
    loaded = undefined;
    if (!old) return;
    if (host.options.profile !== '') old.session.endProfiling();
    await old.session.release();
  }

  return {
    dispose: release,
    async run(leaves) {
      const inputs = new Map(leaves.map(({ path, leaf }) => [path, leaf]));
      const computed = computes
        ? await runSession(await sessionFor(inputs), inputs, host.runtime)
        : new Map();
      return mapTree(results, isName, (name): NdArray => {
        const source = passedThrough.get(name);
        return source === undefined ? (constants.get(name) ?? computed.get(name)!) : inputs.get(source)!;
      });
    },
  };
}

async function load(
  graph: Graph,
  data: ReadonlyMap<string, ConstantData>,
  baked: ReadonlyMap<string, NdArray>,
  { runtime, options, nextNumber }: ProgramHost,
): Promise<Loaded> {
  const model = toOnnx(graph, { baked: data });
  const file = `${graph.name.replaceAll(/[^\w-]+/g, '-')}-${nextNumber()}`;
  if (options.dump !== '') {
    await mkdir(options.dump, { recursive: true });
    await writeFile(join(options.dump, `${file}.onnx`), model.bytes);
  }
  if (options.profile !== '') await mkdir(options.profile, { recursive: true });
  const prefix = options.profile === '' ? undefined : join(options.profile, file);
  const session = await runtime.InferenceSession.create(model.bytes, sessionOptions(options, prefix));
  return { session, model, baked };
}

async function runSession(
  { session, model }: Loaded,
  inputs: ReadonlyMap<string, NdArray>,
  runtime: Runtime,
): Promise<Map<string, NdArray>> {
  const feeds: Record<string, Tensor> = {};
  for (const name of model.inputs) {
    const array = inputs.get(name)!;
    feeds[name] = new runtime.Tensor(array.dtype, await valuesOf(array), array.shape);
  }
  const outputs = await session.run(feeds);
  return new Map(
    model.outputs.map((name) => {
      const { data, dims } = outputs[outputName(name)]!;
      return [name, hostArray(data as TypedArray, dims)];
    }),
  );
}

/** Results that do not depend on the inputs. */
function constantOutputs(graph: Graph): ReadonlyMap<string, NdArray> {
  return new Map(
    graph.outputs.flatMap(({ name, value }) =>
      value.source.kind === 'constant'
        ? [[name, hostArray(value.source.data as TypedArray, value.shape)]]
        : [],
    ),
  );
}

async function valuesOf(array: NdArray): Promise<TypedArray> {
  return isHostArray(array) ? array.data : array.read();
}

function isName(node: unknown): node is string {
  return typeof node === 'string';
}
