import type {
  Attribute,
  Attributes,
  ConstantData,
  ElementType,
  Graph,
  NamedValue,
  Node,
  Value,
} from '../ir/graph.js';
import { nodesInOrder } from '../ir/traverse.js';
import { modelType } from './schema.js';

export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** Inputs that the model wants, by their names in the graph; baked and unused ones are not among them. */
  readonly inputs: readonly string[];
  /** For each output of the graph that has to be computed, its name in the graph. */
  readonly outputs: readonly string[];
  /** Constants that travel beside the model because it would grow too large, by the file name that it gives them. */
  readonly external: ReadonlyMap<string, Uint8Array>;
}

export interface OnnxOptions {
  /** Values of inputs that become part of the model, by name. */
  readonly baked?: ReadonlyMap<string, ConstantData>;
  /** Bytes of constants up to which all are part of the model; beyond, large ones travel beside it. 1 GiB. */
  readonly inlineLimit?: number;
  /** How the names of external files start. */
  readonly externalPrefix?: string;
}

/** The last operator set in which the reductions take axes as attributes, and the file format of its time. */
const operatorSet = 17;
const irVersion = 8;
const contribDomains = ['com.microsoft', 'com.microsoft.nchwc'];

/** Half of what protobuf can hold: a message is in memory twice while it is written. */
const defaultInlineLimit = 2 ** 30;

/** Constants smaller than this share of the limit stay inside. */
const smallShare = 2 ** -10;

const dataTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** Writes a graph as an ONNX model. Outputs that are inputs or constants of the graph are left to the caller. */
export function toOnnx(
  graph: Graph,
  { baked = new Map(), inlineLimit = defaultInlineLimit, externalPrefix = 'constants' }: OnnxOptions = {},
): OnnxModel {
  const computed = graph.outputs.filter(({ value }) => value.source.kind === 'node');
  const nodes = nodesInOrder(computed.map(({ value }) => value));
  const naming = new Naming(computed);
  const used = usedValues(nodes);
  const { initializers, external } = divide(
    [...used].flatMap((value) => initializer(value, naming.of(value), baked)),
    inlineLimit,
    externalPrefix,
  );
  const inputs = graph.inputs.filter(({ name, value }) => used.has(value) && !baked.has(name));
  const results = computed.map(({ name, value }) => ({ name: outputName(name), value }));
  const message = {
    irVersion,
    producerName: 'ard',
    opsetImport: [
      { domain: '', version: operatorSet },
      ...contribDomains
        .filter((domain) => nodes.some((node) => node.domain === domain))
        .map((domain) => ({ domain, version: 1 })),
    ],
    graph: {
      name: graph.name,
      node: [
        ...nodes.map((node) => nodeMessage(node, naming)),
        // a value that is wanted under several names has the first one
        ...results
          .filter(({ name, value }) => naming.of(value) !== name)
          .map(({ name, value }) => ({ opType: 'Identity', input: [naming.of(value)], output: [name] })),
      ],
      initializer: initializers,
      input: inputs.map(({ name, value }) => valueInfo(name, value)),
      output: results.map(({ name, value }) => valueInfo(name, value)),
    },
  };
  return {
    bytes: modelType.encode(message).finish(),
    inputs: inputs.map(({ name }) => name),
    outputs: computed.map(({ name }) => name),
    external,
  };
}

/** Name of a graph output inside the model. */
export function outputName(name: string): string {
  return `output:${name}`;
}

/** Short names for values; inputs keep theirs, and results have theirs from the start, which saves copies. */
class Naming {
  private readonly names = new Map<Value, string>();

  constructor(results: readonly NamedValue[]) {
    for (const { name, value } of results) {
      if (!this.names.has(value)) this.names.set(value, outputName(name));
    }
  }

  of(value: Value): string {
    if (value.source.kind === 'input') return value.source.name;
    let name = this.names.get(value);
    if (name === undefined) {
      name = `${value.source.kind === 'constant' ? 'constant' : 'value'}:${this.names.size}`;
      this.names.set(value, name);
    }
    return name;
  }
}

function usedValues(nodes: readonly Node[]): ReadonlySet<Value> {
  return new Set(nodes.flatMap((node) => node.inputs.filter((input) => input !== undefined)));
}

interface TensorMessage {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

function initializer(value: Value, name: string, baked: ReadonlyMap<string, ConstantData>): TensorMessage[] {
  const data =
    value.source.kind === 'constant'
      ? value.source.data
      : value.source.kind === 'input'
        ? baked.get(value.source.name)
        : undefined;
  if (!data) return [];
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [{ name, dims: value.shape, dataType: dataTypes[value.type], rawData }];
}

/** Takes large constants out of the model when all together are beyond the limit. */
function divide(
  tensors: readonly TensorMessage[],
  inlineLimit: number,
  prefix: string,
): { readonly initializers: readonly object[]; readonly external: ReadonlyMap<string, Uint8Array> } {
  const external = new Map<string, Uint8Array>();
  const bytes = tensors.reduce((sum, { rawData }) => sum + rawData.byteLength, 0);
  if (bytes <= inlineLimit) return { initializers: tensors, external };
  const initializers = tensors.map(({ rawData, ...tensor }) => {
    if (rawData.byteLength < inlineLimit * smallShare) return { rawData, ...tensor };
    const location = `${prefix}-${external.size}.bin`;
    external.set(location, rawData);
    const entries = { location, offset: '0', length: String(rawData.byteLength) };
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    return { ...tensor, dataLocation: 1, externalData };
  });
  return { initializers, external };
}

function nodeMessage(node: Node, naming: Naming): object {
  return {
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((input) => (input ? naming.of(input) : '')),
    output: node.outputs.map((output) => naming.of(output)),
    attribute: attributeMessages(node.attributes),
  };
}

function attributeMessages(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, ...attributeMessage(value) }));
}

function attributeMessage(value: Attribute): object {
  if (typeof value === 'number') return { i: value, type: 2 };
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { f: value.float, type: 1 };
  return { ints: value, type: 7 };
}

function valueInfo(name: string, { shape, type }: Value): object {
  const dim = shape.map((extent) => ({ dimValue: extent }));
  return { name, type: { tensorType: { elemType: dataTypes[type], shape: { dim } } } };
}
