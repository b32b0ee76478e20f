/** An array as `numpy.save` writes it, version 1 of the format. */
export function npyBytes(
  type: string,
  shape: readonly number[],
  values: ArrayBufferView,
  { columnMajor = false }: { readonly columnMajor?: boolean } = {},
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${columnMajor ? 'True' : 'False'}, 'shape': (${extents}), }`;
  const padded = `${text}${' '.repeat((64 - ((11 + text.length) % 64)) % 64)}\n`;
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    head,
    Buffer.from(padded, 'latin1'),
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  ]);
}
