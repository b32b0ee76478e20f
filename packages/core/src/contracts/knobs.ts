/**
 * What a reweighting strategy may turn, one value per class; 1 leaves everything as the method has it.
 *
 * - `lossWeight` multiplies every loss term of an example, `cleanWeight` and `robustWeight` those that the method
 *   says look at clean and at adversarial images;
 * - `epsilon` and `stepSize` multiply the radius and the step of the inner attack;
 * - `beta` multiplies the method's trade-off coefficient;
 * - `temperature` multiplies the temperature of the teacher's targets for adversarial images, in the loss and in the
 *   inner attack's objective; `cleanTemperature` that of its targets for clean images.
 */
export type KnobName =
  | 'lossWeight'
  | 'cleanWeight'
  | 'robustWeight'
  | 'epsilon'
  | 'stepSize'
  | 'beta'
  | 'temperature'
  | 'cleanTemperature';

export const knobNames: readonly KnobName[] = [
  'lossWeight',
  'cleanWeight',
  'robustWeight',
  'epsilon',
  'stepSize',
  'beta',
  'temperature',
  'cleanTemperature',
];

/** `[classes]` each. */
export type ClassKnobs = Readonly<Record<KnobName, readonly number[]>>;

/** Knobs that change nothing. */
export function neutralKnobs(classes: number): ClassKnobs {
  const ones = new Array<number>(classes).fill(1);
  return Object.fromEntries(knobNames.map((name) => [name, ones])) as unknown as ClassKnobs;
}
