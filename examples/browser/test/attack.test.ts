import { expect } from 'chai';
import fc from 'fast-check';
import { attack, softmax, survivedSteps, type AttackState, type LossSlope } from '../src/page/attack.js';
import { verdict } from '../src/page/verdict.js';

/** Two classes over one pixel: the second wins above a half. */
const threshold = (pixels: Float32Array): Promise<LossSlope> =>
  Promise.resolve({
    logits: Float32Array.of(0.5 - pixels[0]!, pixels[0]! - 0.5),
    gradient: Float32Array.from(pixels, () => 1),
  });

async function attacked(
  pixels: Float32Array,
  options: { epsilon: number; stepSize: number; steps: number },
  slope = threshold,
): Promise<AttackState[]> {
  const states: AttackState[] = [];
  for await (const state of attack(pixels, slope, options)) states.push(state);
  return states;
}

describe('the attack in the page', () => {
  it('climbs by the step size until the ball or the range of pixels ends', async () => {
    const images = async (start: number) =>
      (await attacked(Float32Array.of(start), { epsilon: 0.25, stepSize: 0.125, steps: 3 })).map(
        ({ image }) => image[0],
      );
    expect(await images(0.25)).to.deep.equal([0.25, 0.375, 0.5, 0.5]);
    expect(await images(0.875)).to.deep.equal([0.875, 1, 1, 1]);
  });

  it('counts as kappa the pictures it stepped from that were still right, as Fair-ARD does', async () => {
    // 0.25, 0.375, 0.5 (a tie, which the first class wins), 0.625
    const states = await attacked(Float32Array.of(0.25), { epsilon: 1, stepSize: 0.125, steps: 3 });
    const { trail, done } = states.at(-1)!;
    expect(done).to.equal(true);
    expect(trail).to.have.length(4);
    expect(survivedSteps(trail, 0)).to.equal(3);
    expect(verdict(trail, 0, ['low', 'high'])).to.contain('fooled. Steps survived (kappa): 3 of 3.');
    expect(verdict(trail, 1, ['low', 'high'])).to.contain('wrong before any attack: it is high');
    expect(verdict(trail.slice(0, 2), 0, ['low', 'high'])).to.contain('withstood');
  });

  it('never leaves the ball nor the range of pixels, whatever the gradient', async () => {
    const pixel = fc.float({ min: 0, max: 1, noNaN: true });
    const settings = fc.record({
      epsilon: fc.double({ min: 0, max: 0.5, noNaN: true }),
      stepSize: fc.double({ min: 0, max: 0.5, noNaN: true }),
      steps: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(pixel, fc.float()), { minLength: 1, maxLength: 8 }),
        settings,
        async (values, options) => {
          const clean = Float32Array.from(values, ([value]) => value);
          const gradient = Float32Array.from(values, ([, slope]) => (Number.isNaN(slope) ? 0 : slope));
          const slope = () => Promise.resolve({ logits: Float32Array.of(0, 1), gradient });
          for (const { image } of await attacked(clean, options, slope)) {
            image.forEach((changed, index) => {
              expect(Math.abs(changed - clean[index]!)).to.be.at.most(options.epsilon + 1e-7);
              expect(changed).to.be.within(0, 1);
            });
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('turns large logits into probabilities without overflow', () => {
    expect([...softmax(Float32Array.of(1000, 1000))]).to.deep.equal([0.5, 0.5]);
  });
});
