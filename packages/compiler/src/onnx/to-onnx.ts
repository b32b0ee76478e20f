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
import type {
  AttributeMessage,
  ModelMessage,
  NodeMessage,
  TensorMessage,
  ValueInfoMessage,
} from './messages.js';
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
  /** What inputs (baked ones too) and outputs are called in the model; as {@link outputName} says where left out. */
  readonly names?: { input(name: string): string; output(name: string): string };
  /** First extent of inputs and outputs that is written as the symbol `batch`. */
  readonly dynamicBatch?: number;
  /** Version of the operators, 16 to 21. */
  readonly operatorSet?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The last operator set in which the reductions take axes as attributes; what the engine uses. */
const usualOperatorSet = 17;
/** Reductions other than ReduceSum take their axes as an input from here on. */
const axesAsInputSince = 18;
const contribDomains = ['com.microsoft', 'com.microsoft.nchwc'];

/** Half of what protobuf can hold: a message is in memory twice while it is written. */
const defaultInlineLimit = 2 ** 30;

/** Constants smaller than this share of the limit stay inside. */
const smallShare = 2 ** -10;

const dataTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** Writes a graph as an ONNX model. Outputs that are inputs or constants of the graph are left to the caller. */
export function toOnnx(graph: Graph, options: OnnxOptions = {}): OnnxModel {
  const { message, ...rest } = toOnnxMessage(graph, options);
  return { bytes: encodeOnnx(message), ...rest };
}

/** As {@link toOnnx}, before it is encoded, for those who change it. */
export function toOnnxMessage(
  graph: Graph,
  options: OnnxOptions = {},
): Omit<OnnxModel, 'bytes'> & { readonly message: ModelMessage } {
  const {
    baked = new Map<string, ConstantData>(),
    inlineLimit = defaultInlineLimit,
    externalPrefix = 'constants',
    operatorSet = usualOperatorSet,
    metadata = {},
  } = options;
  const names = options.names ?? { input: (name) => name, output: outputName };
  const computed = graph.outputs.filter(({ value }) => value.source.kind === 'node');
  const nodes = nodesInOrder(computed.map(({ value }) => value));
  const naming = new Naming(computed, names);
  const used = usedValues(nodes);
  const { initializers, external } = divide(
    [...used].flatMap((value) => initializer(value, naming.of(value), baked)),
    inlineLimit,
    externalPrefix,
  );
  const inputs = graph.inputs.filter(({ name, value }) => used.has(value) && !baked.has(name));
  const results = computed.map(({ name, value }) => ({ name: names.output(name), value }));
  const written = nodes.map((node) => nodeMessage(node, naming));
  const { node, initializer: axes } = operatorSet < axesAsInputSince ? asTheyAre(written) : withAxes(written);
  const info = (name: string, value: Value): ValueInfoMessage => valueInfo(name, value, options.dynamicBatch);
  const message = {
    irVersion: irVersionOf(operatorSet),
    producerName: 'ard',
    opsetImport: [
      { domain: '', version: operatorSet },
      ...contribDomains
        .filter((domain) => nodes.some((node) => node.domain === domain))
        .map((domain) => ({ domain, version: 1 })),
    ],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: [
        ...node,
        // a value that is wanted under several names has the first one
        ...results
          .filter(({ name, value }) => naming.of(value) !== name)
          .map(({ name, value }) => ({ opType: 'Identity', input: [naming.of(value)], output: [name] })),
      ],
      initializer: [...initializers, ...axes],
      input: inputs.map(({ name, value }) => info(names.input(name), value)),
      output: results.map(({ name, value }) => info(name, value)),
    },
  };
  return {
    message,
    inputs: inputs.map(({ name }) => name),
    outputs: computed.map(({ name }) => name),
    external,
  };
}

export function encodeOnnx(message: ModelMessage): Uint8Array {
  return modelType.encode(message).finish();
}

/** Name of a graph output inside the model. */
export function outputName(name: string): string {
  return `output:${name}`;
}

/** File formats in which the operator sets came out. */
function irVersionOf(operatorSet: number): number {
  if (operatorSet >= 21) return 10;
  return operatorSet >= 19 ? 9 : 8;
}

/** Short names for values; inputs keep theirs, and results have theirs from the start, which saves copies. */
class Naming {
  private readonly names = new Map<Value, string>();

  constructor(
    results: readonly NamedValue[],
    private readonly outside: NonNullable<OnnxOptions['names']>,
  ) {
    for (const { name, value } of results) {
      if (!this.names.has(value)) this.names.set(value, outside.output(name));
    }
  }

  of(value: Value): string {
    if (value.source.kind === 'input') return this.outside.input(value.source.name);
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

type InlineTensor = TensorMessage & { readonly rawData: Uint8Array };

function initializer(value: Value, name: string, baked: ReadonlyMap<string, ConstantData>): InlineTensor[] {
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
  tensors: readonly InlineTensor[],
  inlineLimit: number,
  prefix: string,
): { readonly initializers: readonly TensorMessage[]; readonly external: ReadonlyMap<string, Uint8Array> } {
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

function nodeMessage(node: Node, naming: Naming): NodeMessage {
  return {
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((input) => (input ? naming.of(input) : '')),
    output: node.outputs.map((output) => naming.of(output)),
    attribute: attributeMessages(node.attributes),
  };
}

interface NodesWithConstants {
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
}

const asTheyAre = (node: readonly NodeMessage[]): NodesWithConstants => ({ node, initializer: [] });

/** Axes of reductions as inputs. */
function withAxes(nodes: readonly NodeMessage[]): NodesWithConstants {
  const constants: TensorMessage[] = [];
  const node = nodes.map((one) => {
    const axes = one.opType.startsWith('Reduce') && one.attribute?.find(({ name }) => name === 'axes')?.ints;
    if (!axes) return one;
    const data = BigInt64Array.from(axes, BigInt);
    const name = `axes:${constants.length}`;
    constants.push({
      name,
      dims: [axes.length],
      dataType: dataTypes.int64,
      rawData: new Uint8Array(data.buffer),
    });
    return {
      ...one,
      input: [...one.input, name],
      attribute: one.attribute!.filter(({ name }) => name !== 'axes'),
    };
  });
  return { node, initializer: constants };
}

function attributeMessages(attributes: Attributes): AttributeMessage[] {
  return Object.entries(attributes).map(([name, value]) => ({ name, ...attributeMessage(value) }));
}

function attributeMessage(value: Attribute): Omit<AttributeMessage, 'name'> {
  if (typeof value === 'number') return { i: value, type: 2 };
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { f: value.float, type: 1 };
  return { ints: value, type: 7 };
}

function valueInfo(name: string, { shape, type }: Value, dynamicBatch: number | undefined): ValueInfoMessage {
  const dim = shape.map((extent, axis) =>
    axis === 0 && extent === dynamicBatch ? { dimParam: 'batch' } : { dimValue: extent },
  );
  return { name, type: { tensorType: { elemType: dataTypes[type], shape: { dim } } } };
}
