import { noise, type SanityCheck } from './monotone.js';

/** A larger ball holds everything that a smaller one holds. */
export const monotoneEpsilon: SanityCheck = {
  id: 'monotone-epsilon',
  usesGradients: true,
  run({ robust, count }) {
    const numbers = (['halfEpsilon', 'manySteps', 'doubleEpsilon'] as const).map(robust);
    const [half, one, double] = numbers as [number, number, number];
    return Promise.resolve({
      passed: one <= half + noise(count) && double <= one + noise(count),
      finding: `of ${count} images ${half}, ${one} and ${double} withstand PGD at half, the whole and twice epsilon`,
    });
  },
};
