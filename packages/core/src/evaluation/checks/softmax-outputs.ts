import type { SanityCheck } from './sanity-check.js';

// a sum of float32 probabilities misses 1 by less than this
const tolerance = 1e-4;

/** Attacks need logits: with probabilities their losses take the softmax twice and hardly have a gradient. */
export const softmaxOutputs: SanityCheck = {
  id: 'softmax-outputs',
  usesGradients: false,
  async run({ logits, classes, count }) {
    const { data } = await logits();
    let probabilities = 0;
    for (let row = 0; row < count; row++) {
      const own = Array.from(data.subarray(row * classes, (row + 1) * classes));
      const sum = own.reduce((total, value) => total + value, 0);
      if (own.every((value) => value >= 0 && value <= 1) && Math.abs(sum - 1) < tolerance) probabilities++;
    }
    return {
      passed: probabilities < count,
      finding:
        probabilities < count
          ? 'outputs are logits'
          : 'all outputs lie in [0, 1] and sum to 1: the network seems to end in a softmax',
    };
  },
};
