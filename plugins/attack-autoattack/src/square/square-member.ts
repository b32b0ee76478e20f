import {
  hostArray,
  type HostArray,
  hostScalar,
  type NdArray,
  type TracedAttackBatch,
  walkExamples,
} from '@ard/core';
import { margin } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { batchOf } from '../apgd/apgd-member.js';
import { wrong } from '../losses/wrong.js';
import { choose } from '../norms/shapes.js';
import { filled } from '../search/filled.js';
import { worstOf } from '../search/attempts.js';
import type { Examples, Findings, Member } from '../search/search.js';
import { squareSide, type SquareSchedule } from './square-schedule.js';
import { squareBooking, type SquareState } from './square-step.js';
import type { Squares } from './squares.js';

export interface SquareSettings {
  /** How images change in the norm of the ball. */
  readonly squares: Squares;
  readonly schedule: SquareSchedule;
  readonly restarts: number;
  readonly stopWhenBroken: boolean;
}

type StepInputs = {
  readonly batch: TracedAttackBatch;
  readonly state: SquareState<tf.Tensor4D, tf.Tensor1D>;
  readonly drawn: Readonly<Record<string, tf.Tensor>>;
  readonly iteration: tf.Scalar;
};

/**
 * Square attack (Andriushchenko et al., ECCV 2020): random search that needs forward passes only. The
 * released code shares one window and one choice of signs among all images of a batch; here every image has its
 * own, so that its fate does not depend on the others.
 */
export function squareMember(
  name: string,
  { squares, schedule, restarts, stopWhenBroken }: SquareSettings,
): Member {
  return {
    name,
    attacks: stopWhenBroken ? 'unbroken' : 'all',
    passes: { forward: restarts * (schedule.queries + 1), backward: 0 },
    prepare(victim) {
      const step = victim.compile(`${name}-step`, (inputs: StepInputs, traced) => {
        const { batch, state, drawn, iteration } = inputs;
        // the first call only looks at the starting image
        const begun = tf.greater(tf.mul(iteration, tf.onesLike(state.margin)), 0);
        const candidate = choose(begun, squares.change(state.best, batch, drawn), state.best);
        const logits = traced.logits(candidate);
        const oneHotLabels = tf.cast(tf.oneHot(batch.labels, victim.classes), 'float32') as tf.Tensor2D;
        const seen = { margin: margin(logits, oneHotLabels), wrong: wrong(logits, batch.labels) };
        return squareBooking(state, candidate, seen, { iteration, stopWhenBroken });
      });

      return (examples, run) =>
        worstOf(
          examples,
          run,
          { attempts: restarts, stopWhenBroken },
          async (chosen, _, { random, sizes }) => {
            const { images, labels, epsilon } = chosen;
            const end = await walkExamples(
              {
                fixed: { images, labels, epsilon },
                state: startingState(await squares.start(chosen, random.derive('start'))),
                ids: chosen.ids,
                iterations: schedule.queries + 1,
                results: ['best', 'margin', 'broken', 'brokenAt'],
                stopWhenBroken,
                step: async ({ fixed, state, ids, iteration }) =>
                  step({
                    batch: batchOf(fixed),
                    state: state as SquareState<NdArray, NdArray>,
                    drawn: squares.draw(
                      squares.side(
                        squareSide(Math.max(iteration - 1, 0), victim.shape, schedule),
                        victim.shape,
                      ),
                      ids,
                      victim.shape,
                      random.derive('window', iteration),
                    ),
                    iteration: hostScalar(iteration),
                  }),
              },
              sizes,
            );
            return findings(chosen, end);
          },
        );
    },
  };
}

function startingState(best: HostArray): SquareState<NdArray, NdArray> {
  const count = best.shape[0]!;
  return { best, margin: filled(count, 1e30), broken: filled(count, 0), brokenAt: filled(count, 0) };
}

/** A search that ends farther from the boundary than it began returns the clean image. */
async function findings(
  examples: Examples,
  end: Awaited<ReturnType<typeof walkExamples>>,
): Promise<Findings> {
  const { best, margin: reached, broken, brokenAt } = end;
  const clean = await examples.images.read();
  const labels = await examples.labels.read();
  const width = clean.length / labels.length;
  const margins = cleanMargins(examples.cleanLogits, labels);
  const images = Float32Array.from(best!.data, (value, index) => {
    const row = Math.floor(index / width);
    return reached!.data[row]! <= margins[row]! ? value : clean[index]!;
  });
  return {
    images: hostArray(images, examples.images.shape),
    broken: Array.from(broken!.data, (value) => value === 1),
    score: Array.from(reached!.data, (value) => -value),
    step: Array.from(brokenAt!.data),
  };
}

function cleanMargins({ data, shape }: HostArray, labels: ArrayLike<number>): number[] {
  const classes = shape[1]!;
  return Array.from(labels, (label, row) => {
    const logits = Array.from(data.subarray(row * classes, (row + 1) * classes));
    return logits[label]! - Math.max(...logits.filter((_, index) => index !== label));
  });
}
