/** Red, green, blue, 0 to 1. */
export type Colour = readonly [number, number, number];

/** From hue (turns), saturation and value. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (offset: number): number => {
    const k = (offset + (((hue % 1) + 1) % 1) * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Writes `from` mixed with `share` of `to` into `out`. */
export function blend(from: Colour, to: Colour, share: number, out: Float64Array): void {
  for (let channel = 0; channel < 3; channel++) {
    out[channel] = from[channel]! + (to[channel]! - from[channel]!) * share;
  }
}

/** Mixes `share` of `colour` into what is in `out`. */
export function cover(out: Float64Array, colour: Colour, share: number): void {
  for (let channel = 0; channel < 3; channel++) out[channel]! += (colour[channel]! - out[channel]!) * share;
}
