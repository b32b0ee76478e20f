/** Attributes of TensorFlow's operators as protobuf writes them in JSON: 64-bit integers are strings, bytes base64. */
export type AttributeDef = Readonly<Record<string, unknown>>;

export type DataType = 'float32' | 'int32' | 'bool';

export const text = (value: string): AttributeDef => ({ s: Buffer.from(value).toString('base64') });
export const flag = (b: boolean): AttributeDef => ({ b });
export const integer = (value: number): AttributeDef => ({ i: String(value) });
export const real = (f: number): AttributeDef => ({ f });
export const integers = (values: readonly number[]): AttributeDef => ({ list: { i: values.map(String) } });
export const type = (dtype: DataType): AttributeDef => ({ type: typeName(dtype) });
export const shapeOf = (shape: readonly number[]): AttributeDef => ({ shape: shapeDef(shape) });

export function typeName(dtype: DataType): string {
  return { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' }[dtype];
}

export function shapeDef(shape: readonly number[]): { dim: { size: string }[] } {
  return { dim: shape.map((extent) => ({ size: String(extent) })) };
}
