/**
 * What a reweighting strategy may turn, one value per class: `lossWeight` multiplies every loss term of an
 * example; `epsilon` and `beta` multiply the attack radius and the method's trade-off coefficient;
 * `temperature` multiplies the teacher's temperature. 1 leaves everything as the method has it.
 */
export type KnobName = 'lossWeight' | 'epsilon' | 'beta' | 'temperature';

export const knobNames: readonly KnobName[] = ['lossWeight', 'epsilon', 'beta', 'temperature'];

/** `[classes]` each. */
export type ClassKnobs = Readonly<Record<KnobName, readonly number[]>>;

/** Knobs that change nothing. */
export function neutralKnobs(classes: number): ClassKnobs {
  const ones = new Array<number>(classes).fill(1);
  return { lossWeight: ones, epsilon: ones, beta: ones, temperature: ones };
}
