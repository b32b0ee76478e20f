/**
 * An attack radius as papers write it: `8/255` rather than 0.0314; radii that are no simple part of 255 (0.3 on
 * MNIST, 0.031 in TRADES) as they are.
 *
 * @param epsilon in pixel units of [0, 1]
 */
export function formatEpsilon(epsilon: number): string {
  const quarters = epsilon * 255 * 4;
  const steps = Math.round(quarters) / 4;
  // float32 keeps about seven digits
  const simple = Math.abs(quarters - Math.round(quarters)) < 1e-4 && (Number.isInteger(steps) || steps < 16);
  if (epsilon === 0) return '0';
  return simple && steps > 0 && epsilon < 1 ? `${steps}/255` : String(Number(epsilon.toPrecision(4)));
}
