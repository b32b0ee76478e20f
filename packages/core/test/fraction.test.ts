import { expect } from 'chai';
import { z } from 'zod';
import { describeOption } from '../src/composition/option-descriptions.js';
import { resolveOptions } from '../src/composition/resolve-options.js';
import { fraction, fractionValue } from '../src/fraction.js';

const options = z.object({
  epsilon: fraction({ min: 0, max: 1 }).default('8/255').describe('radius'),
});

describe('fraction', () => {
  it('keeps what was written, so that a configuration shows 8/255', () => {
    expect(options.parse({})).to.deep.equal({ epsilon: '8/255' });
    expect(options.parse({ epsilon: 0.031 })).to.deep.equal({ epsilon: 0.031 });
    expect(options.parse({ epsilon: '2 / 255' })).to.deep.equal({ epsilon: '2 / 255' });
  });

  it('gives the number', () => {
    expect(fractionValue('8/255')).to.equal(8 / 255);
    expect(fractionValue('.031/4')).to.equal(0.031 / 4);
    expect(fractionValue('1e-5')).to.equal(1e-5);
    expect(fractionValue(0.5)).to.equal(0.5);
    expect(() => fractionValue('eight')).to.throw(RangeError, 'eight');
  });

  for (const wrong of ['eight', '8/', '8/0', '8/255/2', '', '2', -0.1, NaN, Infinity]) {
    it(`refuses ${JSON.stringify(wrong)} with what is allowed`, () => {
      const given = { epsilon: { value: wrong, origin: '--set' } };
      expect(() => resolveOptions(options, given, { path: 'attack', owner: 'pgd' })).to.throw(
        'allowed is: number or fraction such as "8/255", at least 0, at most 1',
      );
    });
  }

  it('excludes the bound that it must be above', () => {
    const schema = fraction({ above: 0 });
    expect(schema.safeParse(0).success).to.equal(false);
    expect(schema.safeParse('1/255').success).to.equal(true);
  });

  it('is described in words', () => {
    expect(describeOption(options, 'epsilon')).to.deep.equal({
      name: 'epsilon',
      allowed: 'number or fraction such as "8/255", at least 0, at most 1',
      default: '8/255',
      meaning: 'radius',
    });
  });
});
