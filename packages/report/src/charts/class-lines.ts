import { classColours } from './colours.js';
import { epochLines, type EpochAxis } from './epoch-lines.js';

/** More curves than this cannot be told apart. */
const mostCurves = 12;

/**
 * One curve per class over epochs. Of many classes only those that end highest and lowest are drawn.
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
  return epochLines(
    classNames.flatMap((name, index) =>
      shown.has(index)
        ? [
            {
              name,
              colour: classColours[index % classColours.length]!,
              dashed: index % (2 * classColours.length) >= classColours.length,
              values: values.map((epoch) => epoch?.[index]),
            },
          ]
        : [],
    ),
    axis,
  );
}
