import type { SanityCheck } from './sanity-check.js';

/** Where every image may become any other, every attack succeeds; one that does not cannot be trusted elsewhere. */
export const epsilonOne: SanityCheck = {
  id: 'epsilon-one',
  usesGradients: true,
  run({ robust, count }) {
    const left = robust('wholeRange');
    return Promise.resolve({
      passed: left === 0,
      finding: `of ${count} images ${left} withstand PGD in a ball that holds every image`,
    });
  },
};
