import { classColours } from './colours.js';
import { epochLines, type EpochAxis } from './epoch-lines.js';

/** More curves than this cannot be told apart. */
const mostCurves = 12;

/**
 * One curve per class over epochs. Of many classes only those that end highest and lowest are drawn, and it
 * is said.
 *
 * @param values `[epochs][classes]`; null or NaN where a class has no value
 */
export function classLines(
  classNames: readonly string[],
  values: readonly (readonly (number | null)[] | undefined)[],
  axis: EpochAxis,
): string {
  const last = values.at(-1) ?? [];
  const order = classNames.map((_, index) => index).sort((a, b) => (last[b] ?? NaN) - (last[a] ?? NaN));
  const half = mostCurves / 2;
  const shown = new Set(
    order.length <= mostCurves ? order : [...order.slice(0, half), ...order.slice(-half)],
  );
  const curves = classNames.flatMap((name, index) => (shown.has(index) ? [{ name, index }] : []));
  const chart = epochLines(
    curves.map(({ name, index }, place) => ({
      name,
      colour: classColours[place % classColours.length]!,
      dashed: place >= classColours.length,
      values: values.map((epoch) => epoch?.[index]),
    })),
    axis,
  );
  return order.length <= mostCurves
    ? chart
    : `${chart}<p class="note">Of ${order.length} classes the ${half} that end highest and the ${half} that end lowest; ` +
        'all are among the numbers.</p>';
}
