import { classesForDlr } from './classes-for-dlr.js';
import { epsilonOne } from './epsilon-one.js';
import { monotoneEpsilon } from './monotone-epsilon.js';
import { monotoneSteps } from './monotone-steps.js';
import { randomness } from './randomness.js';
import type { SanityCheck } from './sanity-check.js';
import { saturatedCrossEntropy } from './saturated-cross-entropy.js';
import { softmaxOutputs } from './softmax-outputs.js';
import { squareBeatsGradients } from './square-beats-gradients.js';
import { zeroGradients } from './zero-gradients.js';

/** All checks, the cheap ones first. */
export const sanityChecks: readonly SanityCheck[] = [
  randomness,
  softmaxOutputs,
  classesForDlr,
  zeroGradients,
  saturatedCrossEntropy,
  squareBeatsGradients,
  monotoneSteps,
  monotoneEpsilon,
  epsilonOne,
];
