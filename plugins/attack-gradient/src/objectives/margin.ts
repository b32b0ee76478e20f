import { defineComponent, type Objective } from '@ard/core';
import { margin } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

export interface MarginOptions {
  /** How far, in logits, an example is pushed past the decision boundary; 0 or more. */
  readonly confidence: number;
}

/**
 * The loss of Carlini and Wagner (S&P 2017) as the ℓ∞ scripts use it:
 * `−max(z_label − max over other classes of z + confidence, 0)`. With confidence 50 the bound is hardly ever
 * reached, so that the gradient does not vanish once an example is misclassified.
 */
export function marginObjective({ confidence }: MarginOptions): Objective {
  return {
    references: [],
    perExampleLoss: ({ logits, oneHotLabels }) =>
      tf.neg(tf.relu(tf.add(margin(logits, oneHotLabels), confidence))),
  };
}

export const confidenceOption = z
  .number()
  .min(0)
  .default(50)
  .describe('how far past the decision boundary an example is pushed, in logits, 0 or more');

export const marginComponent = defineComponent({
  kind: 'objective',
  id: 'margin',
  summary: 'Lead of the label over the best other class, to be lost (Carlini and Wagner)',
  options: z.object({ confidence: confidenceOption }),
  create: marginObjective,
});
