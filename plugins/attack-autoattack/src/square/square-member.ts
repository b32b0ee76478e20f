import {
  hostArray,
  hostScalar,
  type HostArray,
  type NdArray,
  type RandomStream,
  type TracedAttackBatch,
} from '@ard/core';
import { margin } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { batchOf } from '../apgd/apgd-member.js';
import { wrong } from '../losses/wrong.js';
import { filled } from '../search/arrays.js';
import { worstOf } from '../search/attempts.js';
import type { Examples, Findings, Member } from '../search/search.js';
import { walk } from '../search/walk.js';
import { squareSide, type SquareSchedule } from './square-schedule.js';
import { squareBooking, squareCandidate, type SquareState, type Window } from './square-step.js';

export interface SquareSettings {
  readonly schedule: SquareSchedule;
  readonly restarts: number;
  readonly stopWhenBroken: boolean;
}

type StepInputs = {
  readonly batch: TracedAttackBatch;
  readonly state: SquareState<tf.Tensor4D, tf.Tensor1D>;
  readonly window: Window<tf.Tensor1D, tf.Tensor2D, tf.Scalar>;
  readonly iteration: tf.Scalar;
};

/**
 * Square attack in ℓ∞ (Andriushchenko et al., ECCV 2020): random search that needs forward passes only. The
 * released code shares one window and one choice of signs among all images of a batch; here every image has its
 * own, so that its fate does not depend on the others.
 */
export function squareMember(name: string, { schedule, restarts, stopWhenBroken }: SquareSettings): Member {
  return {
    name,
    attacks: stopWhenBroken ? 'unbroken' : 'all',
    passes: { forward: restarts * (schedule.queries + 1), backward: 0 },
    prepare(victim) {
      const step = victim.compile(`${name}-step`, (inputs: StepInputs, traced) => {
        const { batch, state, window, iteration } = inputs;
        const candidate = squareCandidate(state.best, batch, window);
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
            const end = await walk(
              {
                fixed: { images, labels, epsilon },
                state: await stripes(chosen, random.derive('stripes')),
                ids: chosen.ids,
                iterations: schedule.queries + 1,
                results: ['best', 'margin', 'broken', 'brokenAt'],
                stopWhenBroken,
                step: async ({ fixed, state, ids, iteration }) =>
                  step({
                    batch: batchOf(fixed),
                    state: state as SquareState<NdArray, NdArray>,
                    window: windowAt(iteration, ids, victim.shape, schedule, random),
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

/** Call 0 only looks at the starting image, hence with an empty window; call n is the attack's iteration n − 1. */
function windowAt(
  call: number,
  ids: Int32Array,
  shape: { readonly height: number; readonly width: number; readonly channels: number },
  schedule: SquareSchedule,
  random: RandomStream,
): Window<HostArray, HostArray, HostArray> {
  const { height, width, channels } = shape;
  const side = call === 0 ? 0 : squareSide(call - 1, shape, schedule);
  const numbers = random.derive('window', call).uniformRows(ids, 2 + channels);
  const column = (place: number, extent: number): HostArray =>
    hostArray(
      Float32Array.from(ids, (_, row) =>
        // as in the released code the last place is never drawn, unless the window fills the image
        Math.floor(numbers[row * (2 + channels) + place]! * (extent - side)),
      ),
      [ids.length],
    );
  const signs = new Float32Array(ids.length * channels).map((_, index) => {
    const row = Math.floor(index / channels);
    return numbers[row * (2 + channels) + 2 + (index % channels)]! < 0.5 ? -1 : 1;
  });
  return {
    top: column(0, height),
    left: column(1, width),
    signs: hostArray(signs, [ids.length, channels]),
    side: hostScalar(side),
  };
}

/** Vertical stripes at the edge of the ball: one sign for each image, channel and column. */
async function stripes(
  { images, epsilon, ids }: Examples,
  random: RandomStream,
): Promise<SquareState<NdArray, NdArray>> {
  const [, , width = 0, channels = 0] = images.shape;
  const [clean, radius] = [(await images.read()) as Float32Array, await epsilon.read()];
  const size = clean.length / ids.length;
  const numbers = random.uniformRows(ids, width * channels);
  const striped = clean.map((value, index) => {
    const row = Math.floor(index / size);
    const sign = numbers[row * width * channels + (index % (width * channels))]! < 0.5 ? -1 : 1;
    return Math.min(Math.max(value + radius[row]! * sign, 0), 1);
  });
  return {
    best: hostArray(striped, images.shape),
    margin: filled(ids.length, 1e30),
    broken: filled(ids.length, 0),
    brokenAt: filled(ids.length, 0),
  };
}

/** A search that ends farther from the boundary than it began returns the clean image. */
async function findings(examples: Examples, end: Awaited<ReturnType<typeof walk>>): Promise<Findings> {
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
