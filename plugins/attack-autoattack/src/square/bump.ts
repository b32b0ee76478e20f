/**
 * A square of length 1 in ℓ2 whose upper half rises towards its middle and whose lower half falls likewise
 * (Andriushchenko et al., ECCV 2020, eq. 2), row by row.
 *
 * @param side pixels, 1 or more
 * @param lying left and right instead of upper and lower
 */
export function bump(side: number, lying: boolean): Float32Array {
  const upper = Math.floor(side / 2);
  const values = new Float64Array(side * side);
  for (const [from, rows, sign] of [
    [0, upper, 1],
    [upper, side - upper, -1],
  ] as const) {
    const half = hill(rows, side);
    half.forEach((value, at) => {
      const [y, x] = [from + Math.floor(at / side), at % side];
      values[lying ? x * side + y : y * side + x] = sign * value;
    });
  }
  return Float32Array.from(unit(values));
}

/** Nested rectangles around the middle, the one of distance k adding 1 / (k + 1)² to all pixels in it. */
function hill(rows: number, columns: number): Float64Array {
  const middle = [Math.floor(rows / 2), Math.floor(columns / 2)] as const;
  const largest = Math.max(...middle);
  return unit(
    Float64Array.from({ length: rows * columns }, (_, at) => {
      const nearest = Math.max(
        Math.abs(Math.floor(at / columns) - middle[0]),
        Math.abs((at % columns) - middle[1]),
      );
      let height = 0;
      for (let distance = nearest; distance <= largest; distance++) height += 1 / (distance + 1) ** 2;
      return height;
    }),
  );
}

function unit(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => (length > 0 ? value / length : value));
}
