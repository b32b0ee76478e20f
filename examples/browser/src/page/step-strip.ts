import { largest, softmax } from './attack.js';
import { make, percent } from './dom.js';

/** A column per image of the attack: its height is the probability of the label, its colour whether it was right. */
export function stepStrip(trail: readonly Float32Array[], steps: number, label: number): HTMLElement[] {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const logits = trail[step];
    const column = make('span', { class: 'step' });
    if (!logits) return column;
    const probability = softmax(logits)[label]!;
    const right = largest(logits) === label;
    const filled = make('span', { class: right ? 'right' : 'wrong' });
    filled.style.height = `${Math.max(probability * 100, 4).toFixed(1)}%`;
    column.title = `step ${step}: ${percent(probability)}, ${right ? 'right' : 'wrong'}`;
    column.append(filled);
    return column;
  });
}
