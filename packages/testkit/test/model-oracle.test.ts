import { definePlugin, defineComponent } from '@ard/core';
import { expect } from 'chai';
import { z } from 'zod';
import { buildModel, modelOracle, parameterCount, type ModelOracleRow } from '../src/index.js';
import { smallNetwork } from '../src/subjects/small-network.js';
import { expectFailure } from './support/failures.js';

// PyTorch 1.13 in float64 on the same network
const row: ModelOracleRow = {
  name: 'a small network',
  create: () => smallNetwork(3),
  eval: {
    logits: [0.269972, -0.332596, 0.0784396, 0.241449, -0.265639, -0.0192154],
    gradients: {
      images: [0, 0, -0.00229647, -0.00168262, 0.0258878, 0.0263344],
      'conv1.weight': [0.0196373, 0.0306013, 0.00973981, 0.0173209, 0.0147624, -0.0040526],
      'fc.weight': [0.252904, 0.281867, 0.249958, 0.166833, 0.358457, 0.404618],
    },
  },
  train: {
    logits: [0.329131, -0.440212, 0.222076, 0.258183, -0.296459, 0.0221292],
    gradients: {
      images: [-0.00148858, -0.00159654, -0.0102105, -0.00889924, 0.0441078, 0.045197],
      'conv1.weight': [0.0881505, 0.0282904, -0.0204435, 0.0454212, -0.0211719, -0.025349],
      'fc.weight': [0.306033, 0.328882, 0.290646, 0.225374, 0.500781, 0.54632],
    },
    statistics: {
      'bn1.running_mean': [0.0414772, -0.140011, -0.25422, -0.247594],
      'bn1.running_var': [1.12645, 1.19232, 1.13119, 0.971911],
    },
  },
};

modelOracle(row);

describe('modelOracle refuses', () => {
  const { eval: inEval, train } = row;
  const cases: [string, RegExp, Partial<ModelOracleRow>][] = [
    ['another logit', /eval mode/, { eval: { ...inEval, logits: [...inEval.logits.slice(0, 5), -0.0193] } }],
    ['logits of another number of classes', /eval mode/, { create: () => smallNetwork(2) }],
    ['another gradient', /train mode/, { train: { ...train, gradients: { images: [-0.00149, -0.0017] } } }],
    ['a gradient of what is no parameter', /train mode/, { train: { ...train, gradients: { conv9: [0] } } }],
    [
      'another running variance',
      /train mode/,
      { train: { ...train, statistics: { 'bn1.running_var': [1.1263] } } },
    ],
  ];
  for (const [title, test, change] of cases) {
    it(title, () => expectFailure(modelOracle, { ...row, ...change }, test));
  }
});

describe('buildModel', () => {
  const plugin = definePlugin({
    name: 'small',
    version: '0.0.0',
    summary: 'for this test',
    components: [
      defineComponent({
        kind: 'model',
        id: 'small',
        summary: 'a small network',
        options: z.object({ more: z.number().min(0).default(1).describe('further classes, 0 or more') }),
        create: ({ more }) => ({ build: (_shape, classes) => smallNetwork(classes + more) }),
      }),
    ],
  });
  const shape = { height: 6, width: 5, channels: 2 };

  it('builds with the defaults of the options that are not given', async () => {
    const model = await buildModel(plugin, 'small', {}, shape, 2);
    expect(model.classes).to.equal(3);
    expect(parameterCount(model)).to.equal(2 * 4 * 9 + 2 * 4 + 4 * 4 * 9 + 4 + 3 * 4 + 3);
  });

  it('refuses options and ids that the plugin does not have', async () => {
    const failure = (id: string, options: Record<string, unknown>) =>
      buildModel(plugin, id, options, shape, 2).then(
        () => 'built',
        (error: Error) => error.message,
      );
    expect(await failure('small', { more: -1 })).to.include('more');
    expect(await failure('large', {})).to.equal('the plugin small has no model large');
  });
});
