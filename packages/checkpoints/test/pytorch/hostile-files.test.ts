import { existsSync } from 'node:fs';
import { isArdError } from '@ard/core';
import { expect } from 'chai';
import { readCheckpoint } from '../../src/index.js';
import { rejection, temporaryPath } from '../support/files.js';
import { code, fileOf, legacyCheckpoint, pickle, zipBytes, zipCheckpoint } from '../support/pytorch-files.js';

const { call, dictionary, global, list, number, storage, tensor, text, tuple } = pickle;
const weights = tensor(storage(2), 0, [2], [1]);

/** Both formats refuse the content in one line. */
async function expectRefusal(content: Uint8Array, ...messages: readonly string[]): Promise<void> {
  for (const bytes of [zipCheckpoint(content), legacyCheckpoint(content)]) {
    const error = await rejection(readCheckpoint(fileOf(bytes)));
    expect(isArdError(error), String(error.stack)).to.equal(true);
    expect(error.message).not.to.include('\n');
    for (const message of messages) expect(error.message).to.include(message);
  }
}

describe('a pickle that would do something is refused by name, and nothing happens', () => {
  const marker = temporaryPath('was-run');
  const command = text(`touch ${marker}`);
  const hostile: readonly [how: string, content: Uint8Array, forbidden: string][] = [
    ['a call (REDUCE)', call(global('os', 'system'), command), 'os.system'],
    ['a call as Linux pickles it', call(global('posix', 'system'), command), 'posix.system'],
    ['a name alone (GLOBAL)', list(global('builtins', 'eval')), 'builtins.eval'],
    ['a name that is dropped again', code(global('builtins', 'exec'), '0', dictionary()), 'builtins.exec'],
    [
      'a name from the stack (STACK_GLOBAL)',
      code(text('subprocess'), text('Popen'), '\x93'),
      'subprocess.Popen',
    ],
    ['an instance (INST)', code('(', command, 'ios\nsystem\n'), 'os.system'],
    ['an instance (OBJ)', code('(', global('os', 'popen'), command, 'o'), 'os.popen'],
    ['an instance (NEWOBJ)', code(global('os', 'popen'), tuple(command), '\x81'), 'os.popen'],
    [
      'state of an object (BUILD)',
      code(global('argparse', 'Namespace'), ')R', dictionary(), 'b'),
      'argparse.Namespace',
    ],
    [
      'an attribute of something known',
      code(text('torch'), text('FloatStorage.from_file'), '\x93'),
      'torch.FloatStorage.from_file',
    ],
    [
      'a neighbour of something known',
      global('torch._utils', '_import_dotted_name'),
      'torch._utils._import_dotted_name',
    ],
    ['another reader', global('torch.serialization', 'load'), 'torch.serialization.load'],
    ['a name that JavaScript treats specially', global('constructor', '__proto__'), 'constructor.__proto__'],
    [
      'a name with a line break',
      code(text('os'), text('system\n\u001b[31m'), '\x93'),
      'os.system\\n\\u001b[31m',
    ],
  ];
  for (const [how, content, forbidden] of hostile) {
    it(how, async () => {
      const wrapped = dictionary(text('state_dict'), dictionary(text('a'), weights), text('x'), content);
      await expectRefusal(wrapped, `its pickle asks for "${forbidden}"`, 'nothing was run');
      expect(existsSync(marker)).to.equal(false);
    });
  }

  const strange: readonly [what: string, content: Uint8Array, message: string][] = [
    [
      'a stored thing that is no storage',
      code(text('os.system'), 'Q'),
      'refers to something that is no storage',
    ],
    ['a stored thing in digits (PERSID)', code('P123\n'), 'refers to something that is no storage'],
    [
      'a stored module',
      code(tuple(text('module'), text('Net'), text('net.py'), text('')), 'Q'),
      'no storage',
    ],
    [
      'a storage of another class',
      code(
        tuple(text('storage'), global('collections', 'OrderedDict'), text('0'), text('cpu'), number(2)),
        'Q',
      ),
      'no storage',
    ],
    ['a storage part outside of it', storage(2, tuple(text('1'), number(1), number(2))), 'no storage'],
    ['one storage of two sizes', list(storage(2), storage(1)), '"0" is described in two ways'],
    ['attributes of a list', code(']', dictionary(), 'b'), 'sets attributes of something that has none'],
    [
      'a call of a class of storages',
      call(global('torch', 'FloatStorage'), number(2)),
      'calls torch.FloatStorage',
    ],
    ['a call of a text', call(text('os.system')), 'damaged'],
    ['another codec', call(global('_codecs', 'encode'), text('a'), text('zlib')), 'as PyTorch never does'],
    ['the registry of the writer (EXT1)', code('\x82\x01'), 'unknown opcode 0x82'],
    ['a tensor beyond its storage', tensor(storage(2), 1, [2], [1]), 'reaches beyond its storage of 2'],
    ['a tensor of negative strides', tensor(storage(2), 1, [2], [-1]), 'as PyTorch never does'],
    ['more extents than strides', tensor(storage(2), 0, [2, 1], [1]), '2 extents and 1 strides'],
    ['a tensor that is not there', tensor(text('0'), 0, [2], [1]), 'as PyTorch never does'],
    ['a higher protocol', code('\x80\x09'), 'the protocol 9'],
    ['an empty stack', code('00'), 'damaged'],
    ['an unknown memory', code('h\x07'), 'damaged'],
    ['text that is not UTF-8', code('X\x01\0\0\0\xff'), 'not UTF-8'],
  ];
  for (const [what, content, message] of strange) {
    it(`so is ${what}`, async () => {
      await expectRefusal(dictionary(text('a'), weights, text('x'), content), message);
    });
  }
});

describe('a file that is larger than it looks', () => {
  let before = 0;
  beforeEach(() => (before = process.resourceUsage().maxRSS));
  // an honest bound for every test here: kilobytes of input, at most 256 MiB more memory
  afterEach(() => expect(process.resourceUsage().maxRSS - before).to.be.below(256 * 1024));

  const named = (view: Uint8Array) => dictionary(text('a'), view);

  it('may hold shared structures without end, which nobody unfolds', async () => {
    const doubled = code(']', ...Array.from({ length: 200 }, () => '2\x86'));
    const deep = code(Buffer.alloc(100_000, ']'), Buffer.alloc(99_999, 'a'));
    const content = dictionary(text('a'), weights, text('x'), doubled, text('y'), deep);
    for (const bytes of [zipCheckpoint(content), legacyCheckpoint(content)]) {
      expect((await readCheckpoint(fileOf(bytes))).tensors['a']!.data).to.have.length(2);
    }
  });

  const bombs: readonly [what: string, content: Uint8Array, message: string][] = [
    ['a step for every byte', Buffer.alloc(2_000_000, '}'), 'longer than that of any network'],
    [
      'copies of copies',
      code(
        global('collections', 'OrderedDict'),
        'q\x00(',
        code('(', ...Array.from({ length: 2000 }, () => '(NNl'), 'l'),
        'tq\x01',
        ...Array.from({ length: 20_000 }, () => 'h\x00h\x01R'),
      ),
      'longer than that of any network',
    ],
    [
      'an element that is repeated',
      named(tensor(storage(2), 0, [2 ** 40], [0])),
      'repeats the same elements',
    ],
    [
      'extents that multiply to infinity',
      named(tensor(storage(2), 0, Array<number>(60).fill(2 ** 52), Array<number>(60).fill(0))),
      'repeats the same elements',
    ],
    [
      'a storage larger than the file',
      named(tensor(storage(2 ** 50), 0, [2], [1])),
      'truncated: a storage of',
    ],
    ['bytes without end', code('\x8e', Buffer.alloc(8, 0x7f)), 'truncated'],
    ['a number without end', code('\x8b\xff\0\0\0', Buffer.alloc(255)), 'a number that is none'],
    ['a list in itself', code(weights, '0]q\x002a'), 'wrapped too deep'],
  ];
  for (const [what, content, message] of bombs) {
    it(`is refused: ${what}`, async () => {
      await expectRefusal(content, message);
    });
  }

  it('takes no memory for extents that multiply to infinity but for one that is 0', async () => {
    const shape = [...Array<number>(40).fill(2 ** 52), 0];
    const content = named(tensor(storage(2), 0, shape, shape));
    const { tensors } = await readCheckpoint(fileOf(zipCheckpoint(content)));
    expect(tensors['a']!.data).to.have.length(0);
  });

  const pickled = code('\x80\x02', named(weights), '.');
  const zips: readonly [what: string, bytes: Uint8Array, message: string][] = [
    [
      'a compressed storage (zip bomb)',
      zipBytes([
        { name: 'a/data.pkl', data: code('\x80\x02', named(tensor(storage(2), 0, [2], [1])), '.') },
        { name: 'a/data/0', data: new Uint8Array(10 ** 8), deflate: true },
      ]),
      '"a/data/0" inside is compressed',
    ],
    [
      'a compressed pickle',
      zipBytes([{ name: 'a/data.pkl', data: new Uint8Array(10 ** 7), deflate: true }]),
      'compressed',
    ],
    [
      'a pickle of 3 GB, says the directory',
      zipBytes([{ name: 'a/data.pkl', data: pickled, claimedBytes: 3 * 10 ** 9 }]),
      'zip directory cannot be read',
    ],
    [
      'a storage of 3 GB, says the directory',
      zipBytes([
        { name: 'a/data.pkl', data: pickled },
        { name: 'a/data/0', data: new Uint8Array(8), claimedBytes: 3 * 10 ** 9 },
      ]),
      'zip directory cannot be read',
    ],
    [
      'a storage of another size than its tensors',
      zipCheckpoint(named(weights), new Uint8Array(12)),
      'has 12 bytes instead of 8',
    ],
    [
      'a directory far beyond the end',
      withFarDirectory(zipCheckpoint(named(weights))),
      'zip directory cannot be read',
    ],
    ['a missing storage', zipBytes([{ name: 'a/data.pkl', data: pickled }]), 'lacks "a/data/0"'],
    [
      'two pickles',
      zipBytes(['a', 'b'].map((folder) => ({ name: `${folder}/data.pkl`, data: pickled }))),
      'a zip archive, but not one of PyTorch',
    ],
    [
      'the same name twice',
      zipBytes([
        { name: 'a/data.pkl', data: pickled },
        { name: 'a/data.pkl', data: pickled },
      ]),
      '"a/data.pkl" inside twice',
    ],
    [
      'bytes of a big-endian machine',
      zipBytes([
        { name: 'a/data.pkl', data: pickled },
        { name: 'a/byteorder', data: Buffer.from('big') },
      ]),
      'big-endian',
    ],
    [
      'a zip archive of something else',
      zipBytes([{ name: 'a.npy', data: new Uint8Array(8) }]),
      'not one of PyTorch',
    ],
    [
      'an archive without directory',
      zipCheckpoint(named(weights)).subarray(0, 200),
      'zip directory cannot be read',
    ],
  ];
  for (const [what, bytes, message] of zips) {
    it(`is refused, zip format: ${what}`, async () => {
      const error = await rejection(readCheckpoint(fileOf(bytes)));
      expect(isArdError(error), String(error.stack)).to.equal(true);
      expect(error.message).to.include(message).and.not.include('\n');
    });
  }
});

/** Adds the record by which archives over 4 GB say where their directory is. */
function withFarDirectory(archive: Buffer): Buffer {
  const locator = code('PK\x06\x07\0\0\0\0', Buffer.alloc(8, 0x7f), '\x01\0\0\0');
  return code(archive.subarray(0, -22), locator, archive.subarray(-22));
}
