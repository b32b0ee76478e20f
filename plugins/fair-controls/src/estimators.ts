import { defineComponent, type Component, type DifficultyEstimator } from '@ard/core';
import { crossEntropy, margin } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { classMeanEstimator } from './class-mean-estimator.js';

const adversarial = ['studentAdversarialLogits'] as const;
const none = z.object({});

/** Cross-entropy of the student on adversarial images of the training. */
export function robustLoss(): DifficultyEstimator {
  return classMeanEstimator('higher', {
    needs: adversarial,
    perExample: ({ logits, oneHotLabels }) => crossEntropy(logits.studentAdversarialLogits, oneHotLabels),
  });
}

/** Share of adversarial images that the student gets wrong, 0 to 1. */
export function robustError(): DifficultyEstimator {
  return classMeanEstimator('higher', {
    needs: adversarial,
    perExample: ({ logits, labels }) =>
      tf.cast(tf.notEqual(tf.argMax(logits.studentAdversarialLogits, 1), labels), 'float32') as tf.Tensor1D,
  });
}

/**
 * Probability margin on adversarial images, brought to 0 to 1: `(1 + p_y − max over other classes of p) / 2`, 0.5 at
 * the decision boundary. A margin of logits would be negative for hard classes, and weights of powers need 0 or more.
 */
export function probabilityMargin(): DifficultyEstimator {
  return classMeanEstimator('lower', {
    needs: adversarial,
    perExample: ({ logits, oneHotLabels }) => {
      const probabilities = tf.softmax(logits.studentAdversarialLogits, 1);
      return tf.div(tf.add(margin(probabilities, oneHotLabels), 1), 2);
    },
  });
}

/** Length of the gradient of the cross-entropy with respect to the adversarial logits, `‖σ(z) − y‖`; no extra pass. */
export function gradientNorm(): DifficultyEstimator {
  return classMeanEstimator('higher', {
    needs: adversarial,
    perExample: ({ logits, oneHotLabels }) =>
      tf.sqrt(
        tf.sum<tf.Tensor1D>(
          tf.squaredDifference(tf.softmax(logits.studentAdversarialLogits, 1), oneHotLabels),
          1,
        ),
      ),
  });
}

/** Probability that the teacher gives the label on the clean image, 0 to 1. */
export function teacherConfidence(): DifficultyEstimator {
  return classMeanEstimator('lower', {
    needs: ['teacherCleanLogits'],
    perExample: ({ logits, oneHotLabels }) =>
      tf.sum<tf.Tensor1D>(tf.mul(tf.softmax(logits.teacherCleanLogits, 1), oneHotLabels), 1),
  });
}

/**
 * Distance of a class to the nearest other one, 0 to 1: 1 minus the largest mean probability that its adversarial
 * images give another class, the quantity from which DAFA (Lee et al., ICLR 2024) makes its weights.
 */
export function classDistance(): DifficultyEstimator {
  return {
    needs: adversarial,
    perExample: ({ logits }) => tf.softmax(logits.studentAdversarialLogits, 1),
    summarise: ({ sums, counts }) => ({
      harder: 'lower',
      values: sums.map((row, index) => {
        const others = row.filter((_, column) => column !== index).map((sum) => sum / counts[index]!);
        return 1 - Math.max(...others);
      }),
    }),
  };
}

function estimator(id: string, summary: string, create: () => DifficultyEstimator): Component {
  return defineComponent({ kind: 'estimator', id, summary, options: none, create });
}

export const estimatorComponents: readonly Component[] = [
  estimator('robust-loss', 'Mean cross-entropy of a class on adversarial images', robustLoss),
  estimator('robust-error', 'Share of adversarial images of a class that are wrong', robustError),
  estimator('margin', 'Mean probability margin of a class on adversarial images', probabilityMargin),
  estimator('gradient-norm', 'Mean length of the loss gradient at the adversarial logits', gradientNorm),
  estimator('teacher-confidence', "Mean probability of the label by the teacher's output", teacherConfidence),
  estimator(
    'class-distance',
    'Distance of a class to the nearest other one in adversarial outputs',
    classDistance,
  ),
];
