import { noise, type SanityCheck } from './monotone.js';

/** More steps of PGD must not break fewer images. */
export const monotoneSteps: SanityCheck = {
  id: 'monotone-steps',
  usesGradients: true,
  run({ robust, count }) {
    const [few, many] = [robust('fewSteps'), robust('manySteps')];
    return Promise.resolve({
      passed: many <= few + noise(count),
      finding: `of ${count} images ${few} withstand 5 steps of PGD, ${many} withstand 20`,
    });
  },
};
