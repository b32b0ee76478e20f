import { defineComponent, type Objective } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

const targetRules = ['least-likely', 'second-best', 'next'] as const;

export interface TargetedOptions {
  /**
   * The class to be reached: by the network's output on the clean image the least likely or the best one but the
   * label, or the one after the label, the first one after the last.
   */
  readonly target: (typeof targetRules)[number];
}

/** `−CE(network(x̃), target)`: attacks become targeted by their objective, not by a sign. */
export function targetedObjective({ target }: TargetedOptions): Objective {
  return {
    references: target === 'next' ? [] : ['studentCleanLogits'],
    perExampleLoss({ logits, labels, oneHotLabels, references }) {
      const classes = logits.shape[1];
      const chosen =
        target === 'next'
          ? tf.mod(tf.add(labels, tf.scalar(1, 'int32')), tf.scalar(classes, 'int32'))
          : choice(target, references.studentCleanLogits as tf.Tensor2D, oneHotLabels);
      const oneHot = tf.cast(tf.oneHot(tf.cast(chosen, 'int32'), classes), 'float32') as tf.Tensor2D;
      return tf.neg(crossEntropy(logits, oneHot));
    },
  };
}

/** The best or the least likely class but the label. */
function choice(
  target: 'second-best' | 'least-likely',
  clean: tf.Tensor2D,
  oneHotLabels: tf.Tensor2D,
): tf.Tensor {
  // far outside what a network outputs, so that the label is never chosen
  const away = tf.mul(oneHotLabels, 1e9);
  return target === 'second-best' ? tf.argMax(tf.sub(clean, away), 1) : tf.argMin(tf.add(clean, away), 1);
}

export const targetedComponent = defineComponent({
  kind: 'objective',
  id: 'targeted',
  summary: 'Cross-entropy of another class, to be made small',
  options: z.object({
    target: z
      .enum(targetRules)
      .default('least-likely')
      .describe(
        'class to be reached: the least likely one or the best but the label on the clean image, or the next one',
      ),
  }),
  create: targetedObjective,
});
