import type { SanityCheck } from './sanity-check.js';

const passes = 5;

/** A network that draws random numbers hides its gradients; attacks must average over them (AutoAttack `rand`). */
export const randomness: SanityCheck = {
  id: 'randomness',
  usesGradients: false,
  async run({ logits }) {
    const first = (await logits()).data;
    let largest = 0;
    for (let pass = 1; pass < passes; pass++) {
      const { data } = await logits();
      data.forEach((value, index) => (largest = Math.max(largest, Math.abs(value - first[index]!))));
    }
    return {
      passed: largest === 0,
      finding:
        largest === 0
          ? `${passes} forward passes over the same images give the same outputs`
          : `outputs for the same images differ by up to ${largest.toPrecision(3)} from pass to pass; use autoattack:rand`,
    };
  },
};
