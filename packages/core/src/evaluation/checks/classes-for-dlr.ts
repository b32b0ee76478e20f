import type { SanityCheck } from './sanity-check.js';

/** DLR compares the three or four best classes; with fewer an attack goes without its strongest parts. */
export const classesForDlr: SanityCheck = {
  id: 'classes-for-dlr',
  usesGradients: false,
  run({ evaluation, classes }) {
    const composed = evaluation.attacks.filter(({ parts, skipped }) => parts.length + skipped.length > 0);
    if (composed.length === 0) return Promise.resolve(undefined);
    const skipped = composed.flatMap(({ id, skipped: parts }) => parts.map((part) => `${part} of ${id}`));
    return Promise.resolve({
      passed: skipped.length === 0,
      finding:
        skipped.length === 0
          ? `${classes} classes are enough for every part`
          : `${classes} classes are too few for ${skipped.join(', ')}, which did not run`,
    });
  },
};
