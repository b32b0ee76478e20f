import type { SanityCheck } from './sanity-check.js';

/** AutoAttack's own threshold: 0.2 points. One image alone says nothing. */
const allowedShare = 0.002;

/** A search without gradients that breaks what attacks along gradients could not: the gradients mislead. */
export const squareBeatsGradients: SanityCheck = {
  id: 'square-beats-gradients',
  usesGradients: true,
  run({ evaluation }) {
    const { attacks, verdicts, count } = evaluation;
    const bySearch = (attack: string | undefined, part: string | undefined): boolean =>
      /^square\b/.test(part ?? attack ?? '');
    const searched = attacks.some(({ id, parts }) => bySearch(id, undefined) || parts.includes('square'));
    const others = attacks.some(({ id, parts }) =>
      parts.length > 0 ? parts.some((part) => part !== 'square') : !bySearch(id, undefined),
    );
    if (!searched || !others) return Promise.resolve(undefined);
    const found = verdicts.filter(({ brokenBy, brokenByPart }) => bySearch(brokenBy, brokenByPart)).length;
    return Promise.resolve({
      passed: found <= Math.max(1, allowedShare * count),
      finding: `Square alone broke ${found} of ${count} images`,
    });
  },
};
