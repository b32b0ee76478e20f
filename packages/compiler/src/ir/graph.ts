/**
 * The compiler's own graph: ONNX operators over values of known shape, in plain immutable objects. A graph is what
 * can be reached from its outputs, so an operator that nobody uses does not exist, and a pass is a function from
 * graph to graph.
 */
export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';
export type Shape = readonly number[];
export type ConstantData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** Integers are plain numbers; ONNX wants to be told which numbers are floats. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Value {
  readonly shape: Shape;
  readonly type: ElementType;
  readonly source: Source;
}

export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number };

export interface Node {
  readonly op: string;
  /** Operator set; '' is ONNX itself. */
  readonly domain: string;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

export interface Graph {
  /** Of the compiled function, for messages and dumps. */
  readonly name: string;
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** The node that makes a value, if its operator is `op`. */
export function madeBy(value: Value | undefined, op: string): Node | undefined {
  return value?.source.kind === 'node' && value.source.node.op === op ? value.source.node : undefined;
}

export function constantData(value: Value | undefined): ConstantData | undefined {
  return value?.source.kind === 'constant' ? value.source.data : undefined;
}
