import { writeFileSync } from 'node:fs';
import { isArdError } from '@ard/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { safetensorsStore } from '../src/index.js';
import { rejection, safetensorsBytes, temporaryPath } from './support/files.js';

async function load(bytes: Uint8Array) {
  const path = temporaryPath('read.safetensors');
  writeFileSync(path, bytes);
  return safetensorsStore.load(path);
}

function entry(dtype: string, shape: readonly number[], begin: number, end: number) {
  return { dtype, shape, data_offsets: [begin, end] };
}

const eight = Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64); // 1 and 2 in float32

describe('reading safetensors', () => {
  it('turns every element type into float32', async () => {
    const data = Buffer.alloc(8 + 8 + 4 + 8 + 6 + 6 + 2);
    data.writeDoubleLE(0.1, 0);
    data.writeBigInt64LE(-12345n, 8);
    data.writeInt32LE(-7, 16);
    data.writeFloatLE(1.5, 20);
    data.writeFloatLE(-0, 24);
    [0x3c00, 0xc248, 0x0001].forEach((bits, i) => data.writeUInt16LE(bits, 28 + 2 * i)); // 1, -3.140625, 2^-24
    [0x3f80, 0xc049, 0x7f80].forEach((bits, i) => data.writeUInt16LE(bits, 34 + 2 * i)); // 1, -3.140625, infinity
    data.set([200, 1], 40);
    const { tensors, metadata } = await load(
      safetensorsBytes(
        {
          __metadata__: { arch: 'x' },
          u8: entry('U8', [2], 40, 42),
          f64: entry('F64', [], 0, 8),
          i64: entry('I64', [], 8, 16),
          i32: entry('I32', [1], 16, 20),
          f32: entry('F32', [2, 1], 20, 28),
          f16: entry('F16', [3], 28, 34),
          bf16: entry('BF16', [3], 34, 40),
        },
        data,
      ),
    );
    expect(metadata).to.deep.equal({ arch: 'x' });
    const values = (name: string) => [...tensors[name]!.data];
    expect(values('f64')).to.deep.equal([Math.fround(0.1)]);
    expect(values('i64')).to.deep.equal([-12345]);
    expect(tensors['i64']!.storage).to.equal('int64');
    expect(values('i32')).to.deep.equal([-7]);
    expect(values('f32')).to.deep.equal([1.5, -0]);
    expect(tensors['f32']!.shape).to.deep.equal([2, 1]);
    expect(values('f16')).to.deep.equal([1, -3.140625, 2 ** -24]);
    expect(values('bf16')).to.deep.equal([1, -3.140625, Infinity]);
    expect(values('u8')).to.deep.equal([200, 1]);
  });

  const huge = Buffer.alloc(16);
  huge.writeBigUInt64LE(2n ** 63n);
  const nested = '['.repeat(100_000);
  const refused: readonly [what: string, bytes: Uint8Array, message: string][] = [
    ['an empty file', new Uint8Array(), 'truncated'],
    ['a header longer than the file', huge, 'truncated: its header has 9223'],
    ['a web page', Buffer.from('<!DOCTYPE html><html><body>404</body></html>'), 'truncated: its header has'],
    ['a zipped PyTorch file', Buffer.from('PK\u0003\u0004 and much more'), 'it is a PyTorch file'],
    ['text that is not JSON', safetensorsBytes('{"a": '), 'not valid JSON'],
    [
      'text that is not UTF-8',
      Buffer.concat([safetensorsBytes('').fill(1, 0, 1), Uint8Array.of(0xff)]),
      'JSON',
    ],
    ['deeply nested JSON', safetensorsBytes(nested), 'not valid JSON'],
    ['a list for a header', safetensorsBytes('[]'), 'not a JSON object'],
    ['a name that stands twice', safetensorsBytes('{"a":{}, "\\u0061" :{}}'), 'names "a" twice'],
    ['metadata that is not text', safetensorsBytes({ __metadata__: { a: 1 } }), 'not a record of strings'],
    ['a tensor without description', safetensorsBytes({ a: null }), 'the tensor "a" has no description'],
    [
      'an unknown element type',
      safetensorsBytes({ a: entry('F8_E4M3', [1], 0, 1) }),
      'type "F8_E4M3"; readable are F32',
    ],
    ['an inherited element type', safetensorsBytes({ a: entry('toString', [1], 0, 1) }), 'type "toString"'],
    [
      'no element type',
      safetensorsBytes({ a: { ...entry('F32', [2], 0, 8), dtype: [1] } }, eight),
      'no element type',
    ],
    ['a negative extent', safetensorsBytes({ a: entry('F32', [-2], 0, 8) }, eight), 'no proper shape'],
    ['a fractional extent', safetensorsBytes({ a: entry('F32', [0.5], 0, 8) }, eight), 'no proper shape'],
    [
      'one offset',
      safetensorsBytes({ a: { dtype: 'F32', shape: [2], data_offsets: [8] } }, eight),
      'data_offsets',
    ],
    ['a shape that needs more bytes', safetensorsBytes({ a: entry('F32', [3], 0, 8) }, eight), 'needs 12'],
    ['a giant shape', safetensorsBytes({ a: entry('F32', [2 ** 40, 2 ** 40], 0, 8) }, eight), 'its shape'],
    ['offsets that run backwards', safetensorsBytes({ a: entry('F32', [2], 8, 0) }, eight), 'has -8 bytes'],
    ['bytes of half an element', safetensorsBytes({ a: entry('F32', [2], 0, 7) }, eight), 'has 7 bytes'],
    [
      'a tensor beyond the end',
      safetensorsBytes({ a: entry('F32', [4], 0, 16) }, eight),
      'truncated: the tensor "a"',
    ],
    [
      'a giant tensor beyond the end',
      safetensorsBytes({ a: entry('F32', [2 ** 40], 0, 2 ** 42) }, eight),
      'truncated: the tensor "a"',
    ],
    [
      'two tensors on the same bytes',
      safetensorsBytes({ a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) }, eight),
      '"b" overlaps',
    ],
    ['a gap', safetensorsBytes({ a: entry('F32', [1], 4, 8) }, eight), 'gap before the tensor "a"'],
    ['bytes of no tensor', safetensorsBytes({ a: entry('F32', [1], 0, 4) }, eight), '4 bytes at its end'],
  ];
  for (const [what, bytes, message] of refused) {
    it(`refuses ${what} in one line that names the file`, async () => {
      const error = await rejection(load(bytes));
      expect(isArdError(error), String(error)).to.equal(true);
      expect(error.message).to.include(message).and.include('read.safetensors').and.not.include('\n');
    });
  }

  it('says that a file is missing, or is a folder', async () => {
    const missing = await rejection(safetensorsStore.load(temporaryPath('absent.safetensors')));
    expect(missing.message).to.include('no such file');
    expect((await rejection(safetensorsStore.load(temporaryPath('.')))).message).to.include('folder');
  });

  it('takes names that JavaScript treats specially', async () => {
    const { tensors } = await load(
      safetensorsBytes(`{"__proto__":${JSON.stringify(entry('F32', [2], 0, 8))}}`, eight),
    );
    expect(Object.keys(tensors)).to.deep.equal(['__proto__']);
  });

  it('never crashes on damaged files, whatever is damaged', async () => {
    const whole = safetensorsBytes(
      { __metadata__: { k: 'v' }, a: entry('F32', [1], 0, 4), 'b.c': entry('F16', [2, 1], 4, 8) },
      eight,
    );
    const damage = fc.record({
      keep: fc.integer({ min: 0, max: whole.length + 4 }),
      writes: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
        maxLength: 4,
      }),
      digits: fc.array(fc.tuple(fc.nat(40), fc.stringMatching(/^[0-9eE.+-]{1,8}$/)), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ keep, writes, digits }) => {
        let text = whole.subarray(8, whole.length - eight.length).toString();
        for (const [which, number] of digits) {
          let seen = 0;
          text = text.replace(/\d+/g, (old) => (seen++ === which % 8 ? number : old));
        }
        const bytes = Buffer.concat([safetensorsBytes(text, eight), Buffer.alloc(4)]).subarray(0, keep);
        for (const [at, value] of writes) if (at < bytes.length) bytes[at] = value;
        try {
          await load(bytes);
        } catch (error) {
          expect(isArdError(error), String(error)).to.equal(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});
