import { expect } from 'chai';
import { outlineCheckpoint, readCheckpoint, wrapperPrefixes } from '../../src/index.js';
import { fileOf, legacyCheckpoint, pickle, zipCheckpoint } from '../support/pytorch-files.js';

const { dictionary, number, storage, tensor, text } = pickle;
const weights = tensor(storage(2), 0, [2], [1]);

/** A state dict of two tensors under a prefix. */
const state = (prefix: string, ...more: readonly Uint8Array[]) =>
  dictionary(text(`${prefix}conv1.weight`), weights, text(`${prefix}fc.bias`), weights, ...more);
const beside = (key: string, content: Uint8Array) =>
  dictionary(
    text('epoch'),
    number(120),
    text(key),
    content,
    text('optimizer'),
    dictionary(text('lr'), number(1)),
  );

/** methods.md 9: who writes what. */
const rows: readonly (readonly [
  source: string,
  content: Uint8Array,
  wrapper: readonly string[],
  prefix: string,
])[] = [
  ['Fair-ARD, Fair-IAD, Fair-MTARD', state(''), [], ''],
  ['Fair-RSLAD, RSLAD students', state('module.'), [], 'module.'],
  ['TRADES WRN, DeepMind, MTARD, CFA', state(''), [], ''],
  ['ABSLD, B-MTARD', beside('model', state('')), ['model'], ''],
  ['ARD (.t7)', beside('net', state('')), ['net'], ''],
  ['IAD, GAIRAT, WAT, DAFA', beside('state_dict', state('module.')), ['state_dict'], 'module.'],
  ['AdaAD', beside('net', state('')), ['net'], ''],
  ["AdaAD's LTD teacher", state('module.'), [], 'module.'],
  ['RobustBench, bare', state('module.model.'), [], 'module.model.'],
  [
    'RobustBench, wrapped',
    beside('state_dict', state('model.', text('mu'), weights)),
    ['state_dict'],
    'model.',
  ],
];

describe('wrappers of the sources of checkpoints are resolved', () => {
  for (const [source, content, wrapper, prefix] of rows) {
    for (const [format, bytes] of [
      ['PyTorch zip', zipCheckpoint(content)],
      ['PyTorch legacy pickle', legacyCheckpoint(content)],
    ] as const) {
      it(`${source}, ${format}`, async () => {
        const path = fileOf(bytes);
        const outline = await outlineCheckpoint(path);
        expect(outline).to.deep.include({ format, wrapper });
        if (wrapper.length > 0) expect(outline.facts).to.deep.equal({ epoch: 120 });
        const names = outline.tensors.map(({ name }) => name);
        expect(wrapperPrefixes(names).at(-1)).to.equal(prefix);
        expect(names).to.include.members([`${prefix}conv1.weight`, `${prefix}fc.bias`]);
        expect(Object.keys((await readCheckpoint(path)).tensors)).to.deep.equal(names);
      });
    }
  }
});
