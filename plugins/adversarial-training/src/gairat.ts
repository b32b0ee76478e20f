import { defineComponent, type Method } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { gairatWeights, gairatWeightings, type GairatWeightSettings } from './gairat-weights.js';

export interface GairatOptions extends GairatWeightSettings {
  readonly begin: number;
}

/**
 * Geometry-aware instance-reweighted adversarial training (Zhang et al., ICLR 2021): cross-entropy on adversarial
 * images, where examples that the inner attack breaks early weigh more, see {@link gairatWeights}. Before the epoch
 * `begin` all weigh the same.
 *
 * kappa is the number of iterates x_0 … x_{N-1} of the training's own attack that the network classifies correctly. The
 * attack maximises cross-entropy in eval mode. One train-mode pass.
 */
export function gairat({ begin, weighting, lambda }: GairatOptions): Method {
  return {
    teachers: [],
    needs: ['studentAdversarialLogits'],
    studentPasses: ['adversarial'],
    innerAttack: {
      attack: {
        id: 'pgd',
        options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'uniform-clipped' },
      },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'eval',
    },
    knobs: ['robustWeight'],
    trajectory: {
      start: ({ epsilon }) => ({ kappa: tf.zerosLike(epsilon), iterates: tf.zerosLike(epsilon) }),
      observe: ({ kappa, iterates }, { logits, batch }) => ({
        kappa: tf.add(kappa!, tf.cast(tf.equal(tf.argMax(logits, 1), batch.labels), 'float32')),
        iterates: tf.add(iterates!, 1),
      }),
    },
    phase: (epoch) => (epoch < begin ? 'uniform' : 'weighted'),
    loss({ logits, oneHotLabels, trajectory }, phase) {
      const losses = crossEntropy(logits.studentAdversarialLogits, oneHotLabels);
      const weights =
        phase === 'weighted' &&
        gairatWeights(trajectory.kappa as tf.Tensor1D, trajectory.iterates as tf.Tensor1D, {
          weighting,
          lambda,
        });
      return {
        terms: [
          {
            name: 'adversarial',
            on: 'adversarial',
            coefficient: 1,
            perExampleLoss: weights ? tf.mul(losses, weights) : losses,
          },
        ],
      };
    },
  };
}

export const gairatComponent = defineComponent({
  kind: 'method',
  id: 'gairat',
  summary:
    'Adversarial training with weights by distance from the boundary (GAIRAT, Zhang et al., ICLR 2021)',
  options: z.object({
    weighting: z
      .enum(gairatWeightings)
      .default('tanh')
      .describe('how kappa becomes a weight: tanh, sigmoid, or discrete, which is linear'),
    lambda: z
      .number()
      .default(-1)
      .describe('shifts tanh and sigmoid: larger makes weights more alike; unused by discrete'),
    begin: z
      .int()
      .min(0)
      .default(59)
      .describe(
        'first epoch, counted from 0, with weights: 59 for wide ResNets, 29 for ResNet-18, which are 60 and 30 of the' +
          ' script',
      ),
  }),
  create: gairat,
});
