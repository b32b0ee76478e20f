import { sizeOf, type ConstantData } from '@ard/compiler';
import { shapeDef, type, typeName, type AttributeDef, type DataType } from './attributes.js';

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttributeDef>>;
}

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Collects the nodes of a TensorFlow graph and its weights; every method returns the name of the new tensor. */
export interface GraphWriter {
  readonly nodes: readonly NodeDef[];
  readonly weights: readonly Weight[];
  /** `name` is made unique, and numbered by its operator where absent. */
  node(op: string, input: readonly string[], attr?: NodeDef['attr'], name?: string): string;
  constant(data: ConstantData, shape: readonly number[], name?: string): string;
  integers(values: readonly number[]): string;
}

export function graphWriter(): GraphWriter {
  const nodes: NodeDef[] = [];
  const weights: Weight[] = [];
  const taken = new Set<string>();
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
  const constant = (values: ConstantData, shape: readonly number[], wanted = 'Const'): string => {
    const data = values instanceof BigInt64Array ? Int32Array.from(values, Number) : values;
    if (data.length !== sizeOf(shape)) throw new RangeError(`${data.length} values for ${wanted}`);
    const dtype = typeOf(data);
    const name = unique(wanted);
    weights.push({ name, shape, dtype, data });
    const value = { tensor: { dtype: typeName(dtype), tensorShape: shapeDef(shape) } };
    nodes.push({ name, op: 'Const', input: [], attr: { dtype: type(dtype), value } });
    return name;
  };
  return {
    nodes,
    weights,
    node(op, input, attr = {}, wanted = op) {
      const name = unique(wanted);
      nodes.push({ name, op, input, attr });
      return name;
    },
    constant,
    integers: (values) => constant(Int32Array.from(values), [values.length]),
  };
}

function typeOf(data: Weight['data']): DataType {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Int32Array ? 'int32' : 'bool';
}
