import type { Attribute, OnnxNode } from '../file/model-file.js';
import { Malformed } from '../file/malformed.js';
import type { Constant } from '../file/tensor.js';
import type { Value } from '../values.js';

/** One node while the graph is applied. */
export interface Call {
  readonly node: OnnxNode;
  readonly operatorSet: number;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** Images of this call, and those that a graph for one batch size was made for. */
  readonly batch: { readonly now: number; readonly exported: number | undefined };
}

/** Does what an operator does, with tfjs functions. */
export type Operator = (call: Call) => Value | readonly Value[];

export type OperatorTable = Readonly<Record<string, Operator>>;

export function input(call: Call, index: number): Value {
  const value = call.inputs[index];
  if (value === undefined) throw new Malformed(`${call.node.op} lacks its input ${index}`);
  return value;
}

export function numberOr(call: Call, name: string, otherwise: number): number {
  const value: Attribute | undefined = call.node.attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

export function textOr(call: Call, name: string, otherwise: string): string {
  const value = call.node.attributes[name];
  return typeof value === 'string' ? value : otherwise;
}

export function listOr(call: Call, name: string): readonly number[] | undefined {
  const value = call.node.attributes[name];
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}

/** Numbers that must be known before images are: from an input, or from the attribute of older operator sets. */
export function knownOr(call: Call, index: number, attribute: string): readonly number[] | undefined {
  const value = call.inputs[index];
  if (value === undefined) return listOr(call, attribute);
  return Array.from(known(call, value).data);
}

export function known(call: Call, value: Value): Constant {
  if (value.kind === 'constant') return value.constant;
  throw new Malformed(`${call.node.op} depends on pixels where only fixed numbers are possible`);
}

/** Counts from the end when negative. */
export function axisOf(call: Call, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 0 || at >= rank) {
    throw new Malformed(`${call.node.op} names axis ${axis} of ${rank}`);
  }
  return at;
}
