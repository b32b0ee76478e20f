import { ArdError, defineComponent, hostArray, type Optimizer } from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface SgdOptions {
  /** Before the schedule's factor. */
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  /** Largest global norm of the gradients; 0 is no limit. */
  readonly clipNorm: number;
}

// in the denominator, as in torch.nn.utils.clip_grad_norm_
const normOffset = 1e-6;

/**
 * Stochastic gradient descent with the semantics of PyTorch (methods.md 1.2):
 *
 *     g      = gradient + weightDecay · parameter
 *     buffer = momentum · buffer + g
 *     parameter −= learningRate · buffer                     plain
 *     parameter −= learningRate · (g + momentum · buffer)    nesterov
 *
 * Weight decay reaches every parameter, batch norm's scale and shift and biases included. The learning rate
 * multiplies after momentum, so a drop of the rate does not rescale the buffers. PyTorch starts a buffer as the
 * first g; here it starts as zeros, which gives the same: momentum · 0 + g = g.
 *
 * With `clipNorm` all gradients are first multiplied by `min(1, clipNorm / (norm + 1e-6))`, where the norm is that of
 * all of them together and knows no weight decay: what a script gets that calls clip_grad_norm_ before the step.
 *
 * The state holds one buffer per parameter under the parameter's name, and nothing without momentum.
 *
 * @throws ArdError when nesterov is asked for without momentum
 */
export function sgd({ learningRate, momentum, weightDecay, nesterov, clipNorm }: SgdOptions): Optimizer {
  if (nesterov && momentum === 0) {
    throw new ArdError('sgd: nesterov is on and momentum is 0.', {
      remedy: 'Set optimizer.momentum above 0, or optimizer.nesterov=false.',
    });
  }
  return {
    learningRate,
    init: (parameters) =>
      momentum === 0
        ? {}
        : Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, zeros(shape)])),
    update({ parameters, gradients: unlimited, state, learningRate: rate }) {
      const gradients = clipNorm === 0 ? unlimited : clipped(unlimited, clipNorm);
      const updated: Record<string, tf.Tensor> = {};
      const buffers: Record<string, tf.Tensor> = {};
      for (const [name, parameter] of Object.entries(parameters)) {
        const gradient = gradients[name]!;
        const g = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
        let step = g;
        if (momentum !== 0) {
          const buffer = tf.add(tf.mul(state[name]!, momentum), g);
          buffers[name] = buffer;
          step = nesterov ? tf.add(g, tf.mul(buffer, momentum)) : buffer;
        }
        updated[name] = tf.sub(parameter, tf.mul(step, rate));
      }
      return { parameters: updated, state: buffers };
    },
  };
}

function clipped(
  gradients: Readonly<Record<string, tf.Tensor>>,
  largest: number,
): Readonly<Record<string, tf.Tensor>> {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
  const factor = tf.minimum(tf.div(largest, tf.add(norm, normOffset)), 1);
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
  );
}

function zeros(shape: readonly number[]): ReturnType<typeof hostArray> {
  return hostArray(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape);
}

export const sgdComponent = defineComponent({
  kind: 'optimizer',
  id: 'sgd',
  summary: 'Stochastic gradient descent with momentum, as in PyTorch',
  options: z.object({
    learningRate: z.number().positive().default(0.1).describe("learning rate before the schedule's factor"),
    momentum: z.number().min(0).lt(1).default(0.9).describe('momentum, 0 (none) to below 1'),
    weightDecay: z
      .number()
      .min(0)
      .default(2e-4)
      .describe('times the parameter, added to the gradient of every parameter; 0 is none'),
    nesterov: z
      .boolean()
      .default(false)
      .describe('Nesterov momentum; off in the base methods of the ARD family, on in their fair variants'),
    clipNorm: z
      .number()
      .min(0)
      .default(0)
      .describe('largest norm of all gradients together, before weight decay; 0 is no limit'),
  }),
  create: sgd,
});
