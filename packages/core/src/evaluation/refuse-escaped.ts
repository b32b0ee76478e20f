import type { Attack } from '../contracts/attack.js';
import type { HostArray } from '../contracts/nd-array.js';
import { ArdError } from '../errors.js';

/** What float32 arithmetic may add to a radius. */
const tolerance = { relative: 1e-5, absolute: 1e-6 };

/**
 * Whatever a plugin returns, only images inside its ball and [0, 1] count.
 *
 * @throws ArdError naming the attack whose image lies outside
 */
export function refuseEscaped(
  { norm = 'linf', epsilon }: Pick<Attack, 'norm' | 'epsilon'>,
  name: string,
  clean: HostArray,
  returned: HostArray,
): void {
  const size = clean.data.length / clean.shape[0]!;
  const radius = epsilon * (1 + tolerance.relative) + tolerance.absolute;
  for (let row = 0; row < clean.shape[0]!; row++) {
    let [largest, squares] = [0, 0];
    for (let at = row * size; at < (row + 1) * size; at++) {
      const value = returned.data[at]!;
      // written so that NaN is outside
      if (!(value >= 0 && value <= 1)) throw outside(name, 'the range of a pixel, [0, 1]');
      const change = Math.abs(value - clean.data[at]!);
      largest = Math.max(largest, change);
      squares += change * change;
    }
    if ((norm === 'linf' ? largest : Math.sqrt(squares)) > radius) {
      throw outside(name, `its ${norm} ball of radius ${epsilon}`);
    }
  }
}

function outside(name: string, what: string): ArdError {
  return new ArdError(`${name} returned an image outside ${what}.`, {
    remedy: 'This is a defect of the attack; attackContract of @ard/testkit finds it.',
  });
}
