import { largest, softmax, type AttackOptions, type AttackState } from './attack.js';
import { byId, percent } from './dom.js';
import { drawPicture, magnified } from './picture.js';
import { probabilityRows } from './probability-rows.js';
import { stepStrip } from './step-strip.js';
import type { Student } from './student.js';
import { verdict } from './verdict.js';

/** The picture under attack. */
export interface Target {
  /** `[channels, height, width]` in [0, 1] */
  readonly clean: Float32Array;
  readonly label: number;
}

/** Draws where an attack has got to. */
export function showAttack(
  { classNames, shape }: Student,
  { clean, label }: Target,
  { image, trail, done }: AttackState,
  { epsilon, steps }: AttackOptions,
): void {
  const [first, last] = [trail[0]!, trail.at(-1)!];
  drawPicture(byId<HTMLCanvasElement>('clean'), clean, shape);
  drawPicture(byId<HTMLCanvasElement>('change'), magnified(image, clean, epsilon), shape);
  drawPicture(byId<HTMLCanvasElement>('attacked'), image, shape);
  const says = (logits: Float32Array): string => {
    const said = largest(logits);
    return `${classNames[said]} ${percent(softmax(logits)[said]!)}`;
  };
  byId('clean-says').textContent = says(first);
  byId('attacked-says').textContent = says(last);
  byId('attacked-says').className = largest(last) === label ? 'right' : 'wrong';
  byId('change-says').textContent =
    epsilon === 0 ? 'none' : `× ${(0.5 / epsilon).toFixed(0)}, grey is no change`;
  byId('strip').replaceChildren(...stepStrip(trail, steps, label));
  byId('strip-label').textContent = `Probability of ${classNames[label]}, step by step`;
  byId('probabilities').replaceChildren(
    ...probabilityRows({ classNames, before: softmax(first), after: softmax(last), label }),
  );
  // screen readers hear the end only
  if (done) byId('verdict').textContent = verdict(trail, label, classNames);
}
