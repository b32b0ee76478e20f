/** Lengths as pickles have them: little-endian, 4 bytes. */
function length4(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(count);
  return bytes;
}

/** Text as Python 2 wrote it, and as Python 3 does. */
const old = (text: string): Buffer => Buffer.from(`U${String.fromCharCode(text.length)}${text}`, 'latin1');
const young = (text: string): Buffer =>
  Buffer.concat([Buffer.from('X'), length4(text.length), Buffer.from(text)]);

function numbers(values: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from(']('),
    ...values.map((value) => Buffer.from([0x4b, value])),
    Buffer.from('e'),
  ]);
}

/**
 * A batch in the Python layout, opcode for opcode as the official files have it (Python 2, protocol 2), or as Python
 * 3 writes protocol 2: bytes spelled as text and encoded. Both were read back with Python's own pickle and numpy.
 *
 * @param labels entries that are lists of numbers, by name
 */
export function pickledBatch(
  data: Uint8Array,
  labels: Readonly<Record<string, readonly number[]>>,
  { python = 2 }: { readonly python?: 2 | 3 } = {},
): Buffer {
  const text = python === 2 ? old : young;
  const count = data.length / 3072;
  const pixels =
    python === 2
      ? [Buffer.from('T'), length4(data.length), Buffer.from(data)]
      : [
          Buffer.from('c_codecs\nencode\n'),
          ...encodedText(data),
          young('latin1'),
          Buffer.from('\x86R', 'latin1'),
        ];
  return Buffer.concat([
    Buffer.from('\x80\x02}(', 'latin1'),
    ...Object.entries(labels).flatMap(([name, values]) => [text(name), numbers(values)]),
    text('data'),
    Buffer.from('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85', 'latin1'),
    text('b'),
    Buffer.from('\x87R(K\x01', 'latin1'),
    Buffer.from([0x4b, count, 0x4d, 0x00, 0x0c, 0x86]),
    Buffer.from('cnumpy\ndtype\n', 'latin1'),
    text('u1'),
    Buffer.from('K\x00K\x01\x87R(K\x03', 'latin1'),
    text('|'),
    Buffer.from('NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89', 'latin1'),
    ...pixels,
    Buffer.from('tbu.', 'latin1'),
  ]);
}

function encodedText(data: Uint8Array): readonly Buffer[] {
  const utf8 = Buffer.from(Buffer.from(data).toString('latin1'), 'utf8');
  return [Buffer.from('X'), length4(utf8.length), utf8];
}
