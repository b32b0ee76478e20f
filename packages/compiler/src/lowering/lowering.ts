import { ArdError } from '@ard/core';
import type { Value } from '../ir/graph.js';

/** One kernel call that tfjs makes while a function is traced. */
export interface KernelCall {
  /** By tfjs's names (`x`, `filter`, …); kernels over lists use '0', '1', …. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** tfjs's attributes of the kernel, as its typings describe them. */
  readonly attributes: unknown;
}

/** Says what a tfjs kernel is in ONNX operators. Layouts are tfjs's; the layout pass takes transposes out again. */
export type Lowering = (call: KernelCall) => Value | readonly Value[];

/** By tfjs kernel name. */
export type LoweringTable = Readonly<Record<string, Lowering>>;

export function inputOf(call: KernelCall, name: string): Value {
  const value = call.inputs[name];
  if (!value) throw new Error(`kernel input ${name} is missing`);
  return value;
}

/** The inputs of a kernel over a list. */
export function inputList(call: KernelCall): Value[] {
  return Object.keys(call.inputs).map((name) => inputOf(call, name));
}

export function attributesOf<Attributes>(call: KernelCall): Attributes {
  return call.attributes as Attributes;
}

/** A variant of a kernel that has no lowering. The tracer adds which function used it. */
export function unsupported(variant: string): never {
  throw new ArdError(`${variant} cannot be compiled.`, {
    remedy: 'Write it with other tfjs functions, or run with --engine tfjs.',
  });
}
