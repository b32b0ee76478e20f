import { isArdError } from '@ard/core';
import fc from 'fast-check';
import { expect } from 'chai';
import { importOnnx } from '../src/import-onnx.js';
import { onnxModelOptions } from '../src/options.js';
import { foreignNetwork, temporaryFiles, type Files } from './support.js';

const shape = { height: 8, width: 8, channels: 3 };

/** A protobuf field with a length, or a varint of up to 2^28. */
const field = (number: number, content: Uint8Array | string | number): Buffer => {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  if (typeof content === 'number') return Buffer.from([...varint(number * 8), ...varint(content)]);
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
};
const message = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const node = (op: string, inputs: readonly string[], outputs: readonly string[]): Buffer =>
  field(
    1,
    message(...inputs.map((name) => field(1, name)), ...outputs.map((name) => field(2, name)), field(4, op)),
  );
const dimension = (extent: number): Buffer => field(1, field(1, extent));
const image = field(
  11,
  message(field(1, 'x'), field(2, field(1, field(2, message(...[1, 3, 8, 8].map(dimension)))))),
);
const model = (...graph: readonly Buffer[]): Buffer =>
  message(field(8, field(2, 13)), field(7, message(...graph, image, field(12, field(1, 'y')))));
const external = (location: string): Buffer =>
  field(
    5,
    message(
      field(1, 3),
      field(2, 1),
      field(8, 'w'),
      field(13, message(field(1, 'location'), field(2, location))),
      field(14, 1),
    ),
  );

describe('hostile ONNX files', () => {
  let files: Files;
  const outcome = async (bytes: Uint8Array): Promise<string> => {
    try {
      await importOnnx(files.write('hostile.onnx', bytes), onnxModelOptions.parse({}), shape, 3);
      return 'read';
    } catch (error) {
      if (!isArdError(error)) throw error;
      expect(error.message.split('\n'), error.message).to.have.length(1);
      return error.message;
    }
  };
  before(() => {
    files = temporaryFiles();
  });
  after(() => files.remove());

  const cases: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    'an empty file': [Buffer.alloc(0), /no ONNX model/],
    'a text': [Buffer.from('<html>not found</html>'), /Cannot read/],
    'a truncated file': [foreignNetwork.subarray(0, 1000), /truncated/],
    'a giant tensor': [
      model(
        node('Add', ['x', 'w'], ['y']),
        field(5, message(field(1, 2 ** 27), field(1, 2 ** 27), field(2, 1), field(8, 'w'))),
      ),
      /impossible shape/,
    ],
    'a tensor with fewer bytes than its shape says': [
      model(
        node('Add', ['x', 'w'], ['y']),
        field(5, message(field(1, 2 ** 20), field(2, 1), field(8, 'w'), field(9, 'abcd'))),
      ),
      /has 4 bytes, not 4194304/,
    ],
    'a cycle': [
      model(node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])),
      /nothing before it computes/,
    ],
    'a value computed twice': [
      model(node('Relu', ['x'], ['y']), node('Relu', ['x'], ['y'])),
      /computed twice/,
    ],
    'values in a file elsewhere': [
      model(node('Add', ['x', 'w'], ['y']), external('/etc/hostname')),
      /outside the folder/,
    ],
    'values in a file above': [
      model(node('Add', ['x', 'w'], ['y']), external('../../../../../../etc/hostname')),
      /outside the folder/,
    ],
    'values in a missing file': [
      model(node('Add', ['x', 'w'], ['y']), external('gone.bin')),
      /not beside the model/,
    ],
    'shapes that do not fit': [
      model(
        node('Add', ['x', 'w'], ['y']),
        field(5, message(field(1, 5), field(2, 1), field(8, 'w'), field(9, Buffer.alloc(20)))),
      ),
      /Cannot use/,
    ],
    'no output that is computed': [model(node('Relu', ['x'], ['z'])), /nothing computes its output/],
    'an operator of nobody': [model(node('Rellu', ['x'], ['y'])), /Rellu/],
  };
  for (const [what, [bytes, says]] of Object.entries(cases)) {
    it(`${what}: one line`, async () => expect(await outcome(bytes)).to.match(says));
  }

  it('values in a file beside it that is too short', async () => {
    const path = files.write('short.bin', Buffer.alloc(8));
    expect(path).to.include('short.bin');
    expect(await outcome(model(node('Add', ['x', 'w'], ['y']), external('short.bin')))).to.match(/too short/);
  });

  it('300 mutations of a real file are read or refused, and nothing else', async function () {
    this.timeout(120_000);
    const change = fc.record({
      at: fc.nat(foreignNetwork.length - 1),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(foreignNetwork.length), { freq: 5 }),
        async (changes, cut) => {
          const bytes = Buffer.from(foreignNetwork);
          for (const { at, byte } of changes) bytes[at] = byte;
          expect(await outcome(bytes.subarray(0, cut ?? bytes.length))).to.be.a('string');
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });
});
