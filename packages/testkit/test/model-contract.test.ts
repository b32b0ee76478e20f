import { hostArray, type Model } from '@ard/core';
import { globalAveragePool, layerBuilder } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { modelContract } from '../src/index.js';
import { smallNetwork } from '../src/subjects/small-network.js';
import { cpuEngine } from '../src/support/contract.js';
import { mapRecord } from '../src/support/values.js';
import { expectFailure } from './support/failures.js';

const honest = smallNetwork(3);

modelContract({ name: 'a small network', create: () => honest, otherEngine: cpuEngine });

type Apply = Model['apply'];
const applying = (apply: (...args: Parameters<Apply>) => Partial<ReturnType<Apply>>): Partial<Model> => ({
  apply: (...args) => ({ ...honest.apply(...args), ...apply(...args) }),
});

describe('modelContract refuses a model that', () => {
  const cases: [string, RegExp, Partial<Model>][] = [
    [
      'names a variable twice',
      /names its variables once/,
      { variables: [...honest.variables, honest.variables[0]!] },
    ],
    [
      'stores counters as floats',
      /names its variables once/,
      { variables: honest.variables.map((spec) => ({ ...spec, storage: 'float32' as const })) },
    ],
    ['forgets a variable', /initialises exactly/, { variables: honest.variables.slice(1) }],
    [
      'lists variables in another order',
      /initialises exactly/,
      { variables: [...honest.variables].reverse() },
    ],
    [
      'initialises another shape',
      /initialises exactly/,
      {
        init: (random) => {
          const { parameters, statistics } = honest.init(random);
          return {
            parameters: { ...parameters, 'fc.bias': hostArray(new Float32Array(4), [4]) },
            statistics,
          };
        },
      },
    ],
    [
      'ignores the seed',
      /initialises the same for one seed/,
      { init: (random) => mapRecord(honest.init(random), (arrays) => mapRecord(arrays, zeroed)) },
    ],
    ['returns other logits', /logits for every class/, applying(() => ({ logits: tf.ones([3, 2]) }))],
    [
      'updates statistics in eval mode',
      /leaves statistics untouched/,
      { apply: (variables, images) => honest.apply(variables, images, 'train') },
    ],
    [
      'does not update statistics in train mode',
      /every statistic updated/,
      applying(({ statistics }) => ({ statistics })),
    ],
    ['loses statistics', /every statistic updated/, applying(() => ({ statistics: {} }))],
    [
      'normalises with the batch in eval mode',
      /the same logits in every batch/,
      applying((variables, images) => ({ logits: honest.apply(variables, images, 'train').logits })),
    ],
    [
      'blocks the gradient',
      /passes a gradient/,
      applying((variables, images, mode) => ({
        logits: honest.apply(variables, tf.sign(images), mode).logits,
      })),
    ],
    ['does not use a variable', /passes a gradient/, withUnusedLayer()],
    [
      'draws random numbers',
      /repeats itself/,
      applying((variables, images, mode) => ({
        logits: tf.add(honest.apply(variables, images, mode).logits, draws++),
      })),
    ],
    [
      'keeps tensors',
      /leaves no tensor behind/,
      applying((variables, images, mode) => ({
        logits: tf.keep(honest.apply(variables, images, mode).logits),
      })),
    ],
  ];
  for (const [title, expected, parts] of cases) {
    it(title, () =>
      expectFailure(modelContract, { name: 'broken', create: () => ({ ...honest, ...parts }) }, expected),
    );
  }

  it('gives something else on another engine', () => {
    let second = false;
    return expectFailure(
      modelContract,
      {
        name: 'broken',
        create: () => ({
          ...honest,
          ...applying((variables, images, mode) => ({
            logits: tf.add(honest.apply(variables, images, mode).logits, second ? 0.1 : 0),
          })),
        }),
        otherEngine: async () => {
          const engine = await cpuEngine();
          return {
            ...engine,
            compile: (fn, options) =>
              engine.compile((inputs: never) => {
                second = true;
                const outputs = fn(inputs);
                second = false;
                return outputs;
              }, options) as never,
          };
        },
      },
      /on the other engine/,
    );
  });
});

let draws = 0;

function zeroed(array: { readonly shape: readonly number[] }) {
  return hostArray(
    new Float32Array(array.shape.reduce((product, extent) => product * extent, 1)),
    array.shape,
  );
}

function withUnusedLayer(): Model {
  const layers = layerBuilder();
  const { shape, classes } = honest;
  layers.conv2d('unused', { inputs: 2, outputs: 1, kernel: 1 });
  const classifier = layers.linear('fc', { inputs: 2, outputs: classes });
  return layers.model({ name: 'broken', shape, classes }, (images, pass) =>
    classifier(globalAveragePool(images), pass),
  );
}
