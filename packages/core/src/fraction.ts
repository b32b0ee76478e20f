import { z } from 'zod';

/** A number, or a quotient in the way papers write it: `8/255`. Configurations keep it as it was written. */
export type Fraction = number | string;

export interface FractionBounds {
  readonly min?: number;
  /** Exclusive lower bound. */
  readonly above?: number;
  readonly max?: number;
}

const number = String.raw`\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*`;
const quotient = new RegExp(`^${number}(?:/${number})?$`);

/**
 * Option schema for a number that may be written as `a/b`. The parsed value is what was written, so that a
 * resolved configuration shows `8/255` and not 0.031372549; {@link fractionValue} gives the number.
 */
export function fraction(bounds: FractionBounds = {}): z.ZodType<Fraction, Fraction> {
  const allowed = ['number or fraction such as "8/255"', ...boundsInWords(bounds)].join(', ');
  return z
    .union([z.number(), z.string()])
    .check((context) => {
      const value = parse(context.value);
      if (inBounds(value, bounds)) return;
      const message = Number.isNaN(value) ? 'not a number or fraction' : 'out of range';
      context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({ title: allowed });
}

/** The number that was written. */
export function fractionValue(written: Fraction): number {
  const value = parse(written);
  if (Number.isNaN(value)) throw new RangeError(`fractionValue: "${written}" is not a number or fraction`);
  return value;
}

function parse(written: Fraction): number {
  if (typeof written === 'number') return written;
  if (!quotient.test(written)) return NaN;
  const [numerator, denominator = 1] = written.split('/').map(Number);
  return numerator! / denominator;
}

function inBounds(
  value: number,
  { min = -Infinity, above = -Infinity, max = Infinity }: FractionBounds,
): boolean {
  return Number.isFinite(value) && value >= min && value > above && value <= max;
}

function boundsInWords({ min, above, max }: FractionBounds): readonly string[] {
  return [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ];
}
