import {
  hostArray,
  isArdError,
  type Model,
  type StoredTensor,
  type StoredTensors,
  type VariableSpec,
} from '@ard/core';
import { expect } from 'chai';
import { fromVariables, toVariables } from '../src/index.js';

const specs: readonly VariableSpec[] = [
  { name: 'conv1.weight', shape: [4, 1, 3, 3], kind: 'parameter', storage: 'float32' },
  { name: 'bn1.weight', shape: [4], kind: 'parameter', storage: 'float32' },
  { name: 'bn1.running_mean', shape: [4], kind: 'statistic', storage: 'float32' },
  { name: 'bn1.num_batches_tracked', shape: [], kind: 'statistic', storage: 'int64' },
  { name: 'fc.weight', shape: [10, 4], kind: 'parameter', storage: 'float32' },
  { name: 'fc.bias', shape: [10], kind: 'parameter', storage: 'float32' },
];

/** Only what checkpoints look at; nothing here runs a network. */
const model = {
  name: 'tiny',
  classes: 10,
  shape: { height: 8, width: 8, channels: 3 },
  variables: specs,
} as unknown as Model;

function stored(
  change: (tensors: Record<string, StoredTensor>) => void = () => undefined,
  prefix = '',
): StoredTensors {
  const tensors = Object.fromEntries(
    specs.map(({ name, shape, storage }, which) => [prefix + name, tensor(shape, which, storage)]),
  );
  change(tensors);
  return { tensors, metadata: {} };
}

function tensor(
  shape: readonly number[],
  value = 0,
  storage: StoredTensor['storage'] = 'float32',
): StoredTensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { shape, data: new Float32Array(size).fill(value), storage };
}

function refusal(content: StoredTensors): string {
  try {
    toVariables(model, content, 'teacher.safetensors');
  } catch (error) {
    expect(isArdError(error)).to.equal(true);
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}

describe('checkpoints of a model', () => {
  it('come back as the variables that were stored', async () => {
    const variables = toVariables(model, stored());
    expect(Object.keys(variables.parameters)).to.deep.equal([
      'conv1.weight',
      'bn1.weight',
      'fc.weight',
      'fc.bias',
    ]);
    expect(Object.keys(variables.statistics)).to.deep.equal(['bn1.running_mean', 'bn1.num_batches_tracked']);
    expect(variables.parameters['conv1.weight']!.shape).to.deep.equal([4, 1, 3, 3]);
    const again = await fromVariables(model, variables, { epoch: '3' });
    expect(again.tensors).to.deep.equal(stored().tensors);
    expect(again.metadata).to.deep.equal({ format: 'pt', arch: 'tiny', mean: '[0]', std: '[1]', epoch: '3' });
  });

  for (const prefix of ['module.', 'model.', 'module.model.']) {
    it(`may have the prefix ${prefix}`, () => {
      expect(toVariables(model, stored(undefined, prefix)).parameters['fc.bias']!.shape).to.deep.equal([10]);
    });
  }

  it('may lack num_batches_tracked, which nothing depends on', async () => {
    const { statistics } = toVariables(
      model,
      stored((tensors) => delete tensors['bn1.num_batches_tracked']),
    );
    expect([...(await statistics['bn1.num_batches_tracked']!.read())]).to.deep.equal([0]);
  });

  it('are refused with what is missing, unexpected and of another shape', () => {
    const message = refusal(
      stored((tensors) => {
        delete tensors['bn1.running_mean'];
        tensors['bn2.weight'] = tensor([4]);
        tensors['conv1.weight'] = tensor([8, 1, 3, 3]);
      }),
    );
    expect(message).to.equal(
      'teacher.safetensors does not fit tiny:' +
        '\n  shape: conv1.weight is [8, 1, 3, 3], expected [4, 1, 3, 3]' +
        '\n  missing: bn1.running_mean' +
        '\n  unexpected: bn2.weight',
    );
  });

  it('are refused with the first few differences only', () => {
    expect(refusal({ tensors: { 'layer.0.weight': tensor([1]) }, metadata: {} })).to.match(/and 1 more$/);
  });

  it('of another number of classes are called so', () => {
    const message = refusal(
      stored((tensors) => {
        tensors['fc.weight'] = tensor([100, 4]);
        tensors['fc.bias'] = tensor([100]);
      }),
    );
    expect(message).to.equal('teacher.safetensors is of a network for 100 classes; 10 are needed.');
  });

  it('with another classifier are not mistaken for another number of classes', () => {
    const message = refusal(stored((tensors) => void (tensors['fc.weight'] = tensor([10, 8]))));
    expect(message).to.include('shape: fc.weight is [10, 8]');
  });

  it('are refused when they say that images were normalised otherwise', () => {
    const normalised = (mean: string, std: string) => ({ ...stored(), metadata: { mean, std } });
    expect(refusal(normalised('[0.5, 0.4, 0.3]', '[0.2]'))).to.equal(
      'teacher.safetensors was trained on images normalised with mean [0.5, 0.4, 0.3] and std [0.2], ' +
        'but tiny has mean [0] and std [1].',
    );
    const normalising = { ...model, normalisation: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2] } };
    expect(() => toVariables(normalising, normalised('[0.5, 0.4, 0.3]', '[0.2]'))).not.to.throw();
    expect(() => toVariables(normalising, stored()), 'a file that says nothing').not.to.throw();
    expect(() => toVariables(model, normalised('unknown', '{}')), 'other words in its place').not.to.throw();
  });

  it('may keep the normalisation beside the weights, as RobustBench does', () => {
    const beside = (prefix: string): StoredTensors =>
      stored((tensors) => {
        tensors[`${prefix}mu`] = tensor([1, 3, 1, 1], 0.5);
        tensors[`${prefix}sigma`] = tensor([1, 3, 1, 1], 0.25);
      }, 'module.model.');
    const normalising = { ...model, normalisation: { mean: [0.5], std: [0.25] } };
    for (const prefix of ['', 'module.', 'module.model.']) {
      expect(() => toVariables(normalising, beside(prefix)), prefix).not.to.throw();
      expect(refusal(beside(prefix))).to.include('normalised with mean [0.5, 0.5, 0.5]');
    }
  });

  it('may have the block that wide ResNets never execute, or lack it', async () => {
    const extra = stored((tensors) => void (tensors['sub_block1.layer.0.bn1.weight'] = tensor([4])));
    expect(() => toVariables(model, extra)).not.to.throw();
    const spec = {
      name: 'sub_block1.bn1.weight',
      shape: [4],
      kind: 'parameter',
      storage: 'float32',
    } as const;
    const { parameters } = toVariables({ ...model, variables: [spec, ...specs] }, stored());
    expect(await parameters[spec.name]!.read()).to.have.length(4);
  });

  it('of a training that diverged are refused', () => {
    expect(refusal(stored((tensors) => void (tensors['fc.bias'] = tensor([10], NaN))))).to.include(
      'not finite',
    );
  });

  it('need a value for every variable', async () => {
    let message = '';
    await fromVariables(model, {
      parameters: { 'conv1.weight': hostArray(new Float32Array(36), [4, 1, 3, 3]) },
      statistics: {},
    }).catch((error: Error) => (message = error.message));
    expect(message).to.include('bn1.weight');
  });
});
