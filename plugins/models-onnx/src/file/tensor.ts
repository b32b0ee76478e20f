import { readExternal, type ExternalData } from './external-data.js';
import { Malformed } from './malformed.js';
import { fieldsOf, integersOf, textOf, view } from './wire.js';

/** Values of a file: floats as float32, integers and booleans as numbers that hold 53 bits. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** Whether the file holds integers or booleans. */
  readonly integer: boolean;
}

interface ElementType {
  readonly bytes: number;
  readonly integer: boolean;
  read(data: DataView, at: number): number;
}

/** By TensorProto.DataType. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: { bytes: 4, integer: false, read: (data, at) => data.getFloat32(at, true) },
  2: { bytes: 1, integer: true, read: (data, at) => data.getUint8(at) },
  3: { bytes: 1, integer: true, read: (data, at) => data.getInt8(at) },
  6: { bytes: 4, integer: true, read: (data, at) => data.getInt32(at, true) },
  7: { bytes: 8, integer: true, read: (data, at) => Number(data.getBigInt64(at, true)) },
  9: { bytes: 1, integer: true, read: (data, at) => data.getUint8(at) },
  10: { bytes: 2, integer: false, read: (data, at) => half(data.getUint16(at, true)) },
  11: { bytes: 8, integer: false, read: (data, at) => data.getFloat64(at, true) },
};

/** By TensorProto.DataType, from 1. */
const typeNames =
  'float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16'.split(
    ' ',
  );

export function typeName(dataType: number): string {
  return typeNames[dataType - 1] ?? `type ${dataType}`;
}

/** A tensor of a file whose values are not read yet. */
export interface TensorHeader {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of its elements, such as `float32`. */
  readonly type: string;
  values(): Promise<Constant>;
}

/** @param folder where files beside the model may be */
export function tensorHeader(message: Uint8Array, folder: string): TensorHeader {
  const shape: number[] = [];
  const external: Record<string, string> = {};
  const typed: Uint8Array[] = [];
  const single: number[] = [];
  let [dataType, name, isExternal] = [0, '', false];
  let raw: Uint8Array | undefined;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) {
      for (const extent of integersOf(field)) shape.push(extent);
    } else if (field.number === 2) dataType = field.value;
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 9) raw = field.bytes;
    else if (field.number === 13) Object.assign(external, entryOf(field.bytes));
    else if (field.number === 14) isExternal = field.value === 1;
    else if ([4, 5, 7, 10].includes(field.number)) {
      // float_data, int32_data, int64_data, double_data: packed, or one value after another
      if (field.bytes.length > 0) typed.push(field.bytes);
      else single.push(field.value);
    }
  }
  const size = sizeOf(shape, name);
  const type = elementTypes[dataType];
  return {
    name,
    shape,
    type: typeName(dataType),
    async values() {
      if (!type) throw new Malformed(`tensor ${name} has elements of type ${dataType}, which are not read`);
      const needed = size * type.bytes;
      if (!isExternal && raw === undefined)
        return listed(name, shape, type, { typed, single, size, dataType });
      const bytes = isExternal ? await readExternal(external as ExternalData, folder, needed, name) : raw!;
      if (bytes.length !== needed) {
        throw new Malformed(
          `tensor ${name} of shape [${shape.join(', ')}] has ${bytes.length} bytes, not ${needed}`,
        );
      }
      return { shape, integer: type.integer, data: decoded(bytes, size, type, dataType) };
    },
  };
}

function decoded(bytes: Uint8Array, size: number, type: ElementType, dataType: number): Constant['data'] {
  if (dataType === 1) return new Float32Array(bytes.slice().buffer);
  const data = view(bytes);
  const values = type.integer ? new Float64Array(size) : new Float32Array(size);
  for (let index = 0; index < size; index++) values[index] = type.read(data, index * type.bytes);
  return values;
}

/** Values that stand in the fields of their type instead of as bytes. */
function listed(
  name: string,
  shape: readonly number[],
  type: ElementType,
  parts: { typed: readonly Uint8Array[]; single: readonly number[]; size: number; dataType: number },
): Constant {
  const values: number[] = [...parts.single];
  for (const bytes of parts.typed) {
    if (parts.dataType === 1 || parts.dataType === 11) {
      const width = type.bytes;
      const data = view(bytes);
      for (let at = 0; at + width <= bytes.length; at += width) values.push(type.read(data, at));
    } else {
      for (const value of integersOf({ number: 0, value: 0, bytes, isBytes: true })) values.push(value);
    }
  }
  if (parts.size > 0 && values.length !== parts.size) {
    throw new Malformed(
      `tensor ${name} of shape [${shape.join(', ')}] has ${values.length} values, not ${parts.size}`,
    );
  }
  const bits = parts.dataType === 10 ? values.map(half) : values;
  return {
    shape,
    integer: type.integer,
    data: type.integer ? Float64Array.from(bits) : Float32Array.from(bits),
  };
}

function sizeOf(shape: readonly number[], name: string): number {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) || size > 2 ** 31) {
    throw new Malformed(`tensor ${name} has the impossible shape [${shape.join(', ')}]`);
  }
  return size;
}

/** A StringStringEntryProto. */
export function entryOf(message: Uint8Array): Readonly<Record<string, string>> {
  let [key, value] = ['', ''];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) key = textOf(field);
    else if (field.number === 2) value = textOf(field);
  }
  return { [key]: value };
}

/** IEEE 754 half precision. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
