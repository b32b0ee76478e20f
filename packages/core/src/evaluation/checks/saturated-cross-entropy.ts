import type { SanityCheck } from './sanity-check.js';

// float32 losses this flat have been rounded to nothing on the way
const vanishing = 1e-12;
const allowedShare = 0.05;

/** Large logits round the gradient of cross-entropy to zero; losses that do not depend on their scale are needed. */
export const saturatedCrossEntropy: SanityCheck = {
  id: 'saturated-cross-entropy',
  usesGradients: true,
  async run({ steepest, count }) {
    const flat = (await steepest('cross-entropy')).filter((value) => value < vanishing).length;
    return {
      passed: flat <= allowedShare * count,
      finding: `cross-entropy has no gradient at ${flat} of ${count} images`,
    };
  },
};
