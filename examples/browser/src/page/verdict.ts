import { largest, softmax, survivedSteps } from './attack.js';
import { percent } from './dom.js';

/** What an attack did, in words; `trail` as in `AttackState`. */
export function verdict(
  trail: readonly Float32Array[],
  label: number,
  classNames: readonly string[],
): string {
  const [before, after] = [trail[0]!, trail.at(-1)!];
  const [saidBefore, saidAfter] = [largest(before), largest(after)];
  const says = (logits: Float32Array, index: number): string =>
    `${classNames[index]} (${percent(softmax(logits)[index]!)})`;
  const steps = trail.length - 1;
  const first = `The student says ${says(before, saidBefore)}.`;
  if (saidBefore !== label) return `${first} That is wrong before any attack: it is ${classNames[label]}.`;
  if (steps === 0) return first;
  const survived = `Steps survived (kappa): ${survivedSteps(trail, label)} of ${steps}.`;
  if (saidAfter === label) {
    return `${first} After ${steps} steps it still says ${says(after, saidAfter)}: it withstood. ${survived}`;
  }
  return `${first} After ${steps} steps it says ${says(after, saidAfter)}: fooled. ${survived}`;
}
