import type { Mode, Model } from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { wave, waveImages, waveVariables } from './subjects/waves.js';
import { suite, withEngine, type ContractRow } from './support/contract.js';
import { runOnce, toHost, type Arrays } from './support/values.js';

/** What another implementation computed in one mode. Leading values of an array are enough. */
export interface ExpectedPass {
  /** All of them, for two images. */
  readonly logits: readonly number[];
  /** By parameter name, or `images` (in NHWC order); may be empty. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** Running statistics after the pass. */
  readonly statistics?: Readonly<Record<string, readonly number[]>>;
  /**
   * Allowed difference, relative to the largest of the numbers expected of an array; 1e-4 unless told otherwise.
   * Deep networks with batch statistics of few values need more: their float32 gradients differ from float64 ones
   * in PyTorch too.
   */
  readonly tolerance?: number;
}

/** A model and the numbers that its original gives. */
export interface ModelOracleRow extends ContractRow {
  create(): Model | Promise<Model>;
  readonly eval: ExpectedPass;
  readonly train: ExpectedPass;
}

/**
 * Declares tests that a model computes what its original does: logits, gradients and running statistics.
 *
 * Both are given the same numbers without a file: `sin(0.7 i + phase)` over a running index i.
 *
 * - Images: two, `(w + 1) / 2` with phase 0, in NHWC order.
 * - Variables: with w of phase p for the variable at place p of the state dict, counted from 0, in PyTorch's
 *   layout: `1 + |0.3 w|` for running variances, `1 + 0.3 w` for weights of batch norm, 0 for counters, else
 *   `0.3 w`.
 * - Gradients: of the sum over all logits times w with phase 0.
 */
export function modelOracle(row: ModelOracleRow): void {
  suite(row, 'original', (it) => {
    for (const mode of ['eval', 'train'] as const) {
      it(`computes the same in ${mode} mode`, async () => {
        const model = await row.create();
        const expected = row[mode];
        const actual = await pass(row, model, mode, Object.keys(expected.gradients));
        const tolerance = expected.tolerance ?? 1e-4;
        const logits = await toHost(actual.logits);
        expect(logits.shape, 'shape of the logits').to.deep.equal([2, model.classes]);
        expectStart(logits.data, expected.logits, tolerance, 'logits');
        for (const [part, arrays] of [
          ['gradient', actual.gradients],
          ['statistic', actual.statistics],
        ] as const) {
          const wanted = part === 'gradient' ? expected.gradients : (expected.statistics ?? {});
          for (const [name, values] of Object.entries(wanted)) {
            expect(arrays, `${part}s`).to.have.property(name);
            expectStart((await toHost(arrays[name]!)).data, values, tolerance, `${part} of ${name}`);
          }
        }
      });
    }
  });
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

function pass(
  row: ContractRow,
  model: Model,
  mode: Mode,
  withRespectTo: readonly string[],
): Promise<{ logits: Arrays[string]; gradients: Arrays; statistics: Arrays }> {
  const { parameters, statistics } = waveVariables(model);
  const images = waveImages(2, model.shape);
  const pull = wave([2, model.classes], 0);
  return withEngine(row, (engine) =>
    runOnce(
      engine,
      `${model.name} ${mode}`,
      (inputs: { parameters: Tensors; statistics: Tensors; images: tf.Tensor4D; pull: tf.Tensor2D }) => {
        const { parameters, statistics, images, pull } = inputs;
        const sources: Tensors = { ...parameters, images };
        const { gradients, auxiliary } = valueAndGradients(
          () => {
            const { logits, statistics: left } = model.apply({ parameters, statistics }, images, mode);
            return { value: tf.sum(tf.mul(logits, pull)), auxiliary: { ...left, logits } };
          },
          // tfjs wants at least one source
          Object.fromEntries(
            ['images', ...withRespectTo].flatMap((name) => (sources[name] ? [[name, sources[name]]] : [])),
          ),
        );
        const { logits, ...updated } = auxiliary;
        return { logits: logits!, gradients, statistics: updated as Record<string, tf.Tensor> };
      },
      { parameters, statistics, images, pull },
    ),
  );
}

function expectStart(
  actual: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  expect(actual.length, `number of values of ${what}`).to.be.at.least(expected.length);
  const allowed = tolerance * Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => expect(actual[i], `${what}: value ${i}`).to.be.closeTo(value, allowed));
}
