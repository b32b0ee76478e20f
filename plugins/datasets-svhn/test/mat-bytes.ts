import { deflateSync } from 'node:zlib';

const types = { int8: 1, uint8: 2, int32: 5, uint32: 6, matrix: 14, compressed: 15 } as const;

function element(type: number, data: Uint8Array, small = false): Buffer {
  if (small) {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE((data.length << 16) | type);
    tag.set(data, 4);
    return tag;
  }
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

const integers = (values: readonly number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);

/** A matrix of unsigned bytes as MATLAB writes it; `data` is column-major. Class 9 is uint8. */
export function matMatrix(name: string, shape: readonly number[], data: Uint8Array, arrayClass = 9): Buffer {
  const short = name.length <= 4;
  return element(
    types.matrix,
    Buffer.concat([
      element(types.uint32, integers([arrayClass, 0])),
      element(types.int32, integers(shape)),
      element(types.int8, Buffer.from(name), short),
      element(types.uint8, data),
    ]),
  );
}

/** A MATLAB 5 file; its elements compressed as MATLAB 7 does by default. */
export function matFile(elements: readonly Buffer[], { compressed = true } = {}): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file, written by a test');
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  const written = elements.map((each) => {
    if (!compressed) return each;
    const data = deflateSync(each);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(types.compressed);
    tag.writeUInt32LE(data.length, 4);
    return Buffer.concat([tag, data]);
  });
  return Buffer.concat([header, ...written]);
}
