/** What is wrong with a file; the reader adds its name. */
export class MalformedArray extends Error {}

/** An array of NumPy, described but not converted. */
export interface NpyHeader {
  /** As NumPy writes it: `|u1`, `<f4`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where its values begin. */
  readonly begin: number;
}

/** Types of elements that are read, and how many bytes each has. */
const widths: Readonly<Record<string, number>> = {
  '|u1': 1,
  '|i1': 1,
  '|b1': 1,
  '<u2': 2,
  '<i2': 2,
  '<u4': 4,
  '<i4': 4,
  '<i8': 8,
  '<u8': 8,
  '<f4': 4,
  '<f8': 8,
};

/** Versions 1 to 3 of the format differ in the length of the header's length. */
const magic = Buffer.from('\x93NUMPY', 'latin1');
/** NumPy's own headers have a hundred bytes or so. */
export const longestHeader = 4096;
const mostDimensions = 8;

/**
 * Reads the header of the `.npy` format. It is the text of a Python dictionary; only the three entries that NumPy
 * writes are looked at.
 *
 * @param start at least {@link longestHeader} bytes, or all there are
 * @throws MalformedArray
 */
export function npyHeader(start: Buffer): NpyHeader {
  if (start.length < 12 || !start.subarray(0, 6).equals(magic)) throw new MalformedArray('is no NumPy array');
  const version = start.readUInt8(6);
  if (version < 1 || version > 3) throw new MalformedArray(`has the unknown version ${version}`);
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (from + length > Math.min(start.length, longestHeader)) {
    throw new MalformedArray('is truncated, or has a header no array has');
  }
  const text = start.toString('latin1', from, from + length);
  const type = /'descr'\s*:\s*'([^']{2,8})'/.exec(text)?.[1];
  const columnMajor = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const extents = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (type === undefined || columnMajor === undefined || extents === undefined) {
    throw new MalformedArray('has a header that describes no plain array');
  }
  if (!Object.hasOwn(widths, type)) throw new MalformedArray(`holds elements of type ${type}, not numbers`);
  if (columnMajor === 'True') throw new MalformedArray('is column-major; save numpy.ascontiguousarray of it');
  const shape = [...extents.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (shape.length > mostDimensions || !shape.every((extent) => extent <= 2 ** 32)) {
    throw new MalformedArray('has a shape no array has');
  }
  return { type, shape, begin: from + length };
}

/** Bytes of the values of an array. */
export function valueBytes({ type, shape }: NpyHeader): number {
  return shape.reduce((size, extent) => size * extent, widths[type]!);
}

/** The values as numbers; whole numbers beyond 2^53 lose their last digits. */
export function numbersOf({ type }: NpyHeader, bytes: Buffer): ArrayLike<number> {
  const { buffer } = new Uint8Array(bytes); // aligned
  switch (type) {
    case '|u1':
    case '|b1':
      return bytes;
    case '|i1':
      return new Int8Array(buffer);
    case '<u2':
      return new Uint16Array(buffer);
    case '<i2':
      return new Int16Array(buffer);
    case '<u4':
      return new Uint32Array(buffer);
    case '<i4':
      return new Int32Array(buffer);
    case '<f4':
      return new Float32Array(buffer);
    case '<f8':
      return new Float64Array(buffer);
    case '<i8':
      return Array.from(new BigInt64Array(buffer), Number);
    default:
      return Array.from(new BigUint64Array(buffer), Number);
  }
}
