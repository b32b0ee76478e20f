import type { SanityCheck } from './sanity-check.js';

// smaller gradients of the margin than this do not occur unless something hides them
const vanishing = 1e-8;

/** Where the gradient of the margin vanishes, attacks along gradients do not move: masking, not robustness. */
export const zeroGradients: SanityCheck = {
  id: 'zero-gradients',
  usesGradients: true,
  async run({ steepest, count }) {
    const flat = (await steepest('margin')).filter((value) => value < vanishing).length;
    return {
      passed: flat === 0,
      finding: `the margin has no gradient at ${flat} of ${count} images`,
    };
  },
};
