import { expect } from 'chai';
import { readCheckpoint } from '../../src/index.js';
import { unpickle } from '../../src/pytorch/unpickle.js';
import { pytorchHost } from '../../src/pytorch/pytorch-file.js';
import { StorageTable } from '../../src/pytorch/storage-table.js';
import { rejection } from '../support/files.js';
import { code, fileOf, fixturePath, legacyCheckpoint, pickle } from '../support/pytorch-files.js';

/** Names, shapes and values, of a file that `fixtures/make_fixtures.py` made. */
async function contents(name: string) {
  const { tensors } = await readCheckpoint(fixturePath(name));
  return Object.fromEntries(
    Object.entries(tensors).map(([key, { shape, data }]) => [key, [shape, [...data]]]),
  );
}

const weights = {
  'features.0.weight': [
    [3, 2],
    [0, 1, 2, 3, 4, 5],
  ],
  'features.0.bias': [[3], [0.5, -0.5, 1.5]],
  'features.1.weight': [[3], [1, 1, 1]],
  'features.1.bias': [[3], [0, 0, 0]],
};

for (const container of ['zip', 'legacy']) {
  describe(`checkpoints that PyTorch wrote, ${container} format`, () => {
    it('have elements of any type', async () => {
      const floats = [[4], [-0, -1, -2.5, -100]];
      const integers = [[4], [0, 1, -2, 100]];
      expect(await contents(`element-types.${container}.pt`)).to.deep.equal({
        float64: floats,
        float32: floats,
        float16: floats,
        bfloat16: floats,
        int64: integers,
        int32: integers,
        int16: integers,
        int8: integers,
        uint8: [[4], [0, 1, 2, 200]],
        bool: [[4], [1, 0, 1, 1]],
      });
      const { tensors } = await readCheckpoint(fixturePath(`element-types.${container}.pt`));
      expect(tensors['int64']!.storage).to.equal('int64');
      expect(tensors['int32']!.storage).to.equal('float32');
    });

    it('show storages in any order, and share them', async () => {
      const upTo = (end: number) => Array.from({ length: end }, (_, i) => i);
      const found = await contents(`views.${container}.pt`);
      expect(found).to.deep.equal({
        base: [[2, 3, 4], upTo(24)],
        permuted: [[4, 2, 3], upTo(4).flatMap((k) => upTo(6).map((row) => 4 * row + k))],
        row: [[4], [20, 21, 22, 23]],
        columns: [[2, 3, 2], upTo(12).map((i) => 2 * i + 1)],
        scalar: [[], [17]],
        expanded: [[3], [8, 8, 8]],
        tied: [[2], [7, 8]],
        'tied again': [[2], [7, 8]],
        empty: [[0, 3], []],
        'channels last': [[1, 2, 2, 2], upTo(8)],
      });
      const { tensors } = await readCheckpoint(fixturePath(`views.${container}.pt`));
      expect(tensors['tied again']!.data, 'tied weights are in memory once').to.equal(tensors['tied']!.data);
    });

    for (const protocol of [2, 3, 4, 5]) {
      it(`may be of pickle protocol ${protocol}, with all kinds of things beside the weights`, async () => {
        const found = await contents(`protocol-${protocol}.${container}.pt`);
        const statistics = {
          'features.1.running_mean': [[3], [0, 0, 0]],
          'features.1.running_var': [[3], [1, 1, 1]],
          'features.1.num_batches_tracked': [[], [3]],
        };
        expect(found).to.deep.equal(
          Object.fromEntries(
            Object.entries({ ...weights, ...statistics }).map(([key, value]) => [`module.${key}`, value]),
          ),
        );
      });
    }

    for (const name of ['parameters', 'wrapped-net', 'wrapped-deep']) {
      it(`hold the weights, whatever is around them: ${name}`, async () => {
        expect(await contents(`${name}.${container}.pt`)).to.deep.equal(weights);
      });
    }
  });
}

describe('checkpoints that PyTorch wrote', () => {
  const refused: readonly [name: string, message: string][] = [
    ['whole-network', 'asks for "__main__.Network"'],
    ['cascade', 'a list of 2, not the named weights'],
    ['one-tensor', 'a single value, not the named weights'],
    ['no-weights', 'no named weights; its keys are "epoch", "optimizer"'],
  ];
  for (const [name, message] of refused) {
    it(`are refused when they hold something else: ${name}`, async () => {
      const error = await rejection(readCheckpoint(fixturePath(`${name}.zip.pt`)));
      expect(error.message).to.include(message).and.not.include('\n');
      expect(error).to.have.property('remedy').that.includes('torch.save(model.state_dict(), path)');
    });
  }

  it('may show a part of a storage, as the oldest ones do', async () => {
    const storage = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
    const part = pickle.tuple(pickle.text('1'), pickle.number(1), pickle.number(3));
    const view = pickle.tensor(pickle.storage(4, part), 1, [2], [1]);
    const path = fileOf(legacyCheckpoint(pickle.dictionary(pickle.text('a'), view), storage));
    expect([...(await readCheckpoint(path)).tensors['a']!.data]).to.deep.equal([3, 4]);
  });

  it('may come from Python 2: texts are bytes, dictionaries made of pairs', async () => {
    const pair = code('(U\x01a', pickle.tensor(pickle.storage(2), 0, [2], [1]), 'l');
    const content = pickle.call(pickle.global('collections', 'OrderedDict'), code('(', pair, 'l'));
    const path = fileOf(legacyCheckpoint(content, Buffer.from(Float32Array.of(1, 2).buffer)));
    expect([...(await readCheckpoint(path)).tensors['a']!.data]).to.deep.equal([1, 2]);
  });
});

describe('a pickle', () => {
  const values: readonly [what: string, pickle: string, value: unknown][] = [
    ['numbers in digits', '(I-7\nL8L\nF1.5\nI01\nFnan\nF-inf\nl.', [-7, 8, 1.5, true, NaN, -Infinity]],
    ['long numbers', '(\x8a\x00\x8a\x01\xff\x8a\x08\0\0\0\0\0\0\0\x80l.', [0, -1, -(2n ** 63n)]],
    ['texts', '(S\'it\'\nS"is"\nVgr\xfc\\u00dfe\nl.', ['it', 'is', 'grüße']],
    ['a dictionary in protocol 0', "(dp0\nS'a'\nI1\nsg0\n0.", new Map([['a', 1]])],
    ['what is on the stack in vain', 'I1\n(I2\nI3\n1(0.', 1],
    ['a set', '\x80\x04\x8f(K\x01K\x02\x90.', new Set([1, 2])],
  ];
  for (const [what, text, value] of values) {
    it(`may hold ${what}`, () => {
      expect(unpickle(code(text), pytorchHost(new StorageTable(0))).value).to.deep.equal(value);
    });
  }
});
