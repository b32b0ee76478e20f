import { ArdError, type ObjectiveInputs } from '@ard/core';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import {
  differenceOfLogitsRatio,
  targetedDifferenceOfLogitsRatio,
} from '../losses/difference-of-logits-ratio.js';

export const apgdLosses = ['ce', 'dlr', 'dlr-targeted'] as const;
export type ApgdLoss = (typeof apgdLosses)[number];

/** How many of the best classes each loss compares. */
export const classesNeeded: Readonly<Record<ApgdLoss, number>> = { ce: 2, dlr: 3, 'dlr-targeted': 4 };

/** The loss as a function of logits; `targets` int32 `[batch]` matter to the targeted one only. */
export function apgdLoss(loss: ApgdLoss, targets: tf.Tensor1D): (inputs: ObjectiveInputs) => tf.Tensor1D {
  if (loss === 'ce') return ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels);
  if (loss === 'dlr') return ({ logits, oneHotLabels }) => differenceOfLogitsRatio(logits, oneHotLabels);
  return ({ logits, oneHotLabels }) =>
    targetedDifferenceOfLogitsRatio(
      logits,
      oneHotLabels,
      tf.cast(tf.oneHot(targets, logits.shape[1]), 'float32') as tf.Tensor2D,
    );
}

/** @throws ArdError when the loss compares more classes than there are */
export function requireClasses(loss: ApgdLoss, classes: number): void {
  if (classes >= classesNeeded[loss]) return;
  throw new ArdError(
    `APGD: the loss ${loss} compares the ${classesNeeded[loss]} best classes, but the network has ${classes}.`,
    { remedy: 'Use the loss ce, or autoattack:custom with the attacks apgd-ce, fab and square.' },
  );
}
