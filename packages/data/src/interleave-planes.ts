const planeBytes = 32 * 32;
const channels = 3;

/** Bytes of the pixels of a CIFAR image, whatever the layout of the file. */
export const cifarImageBytes = planeBytes * channels;

/** Turns the red, green and blue plane of one CIFAR image into pixels. */
export function interleavePlanes(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  const green = from + planeBytes;
  const blue = green + planeBytes;
  for (let pixel = 0, out = to; pixel < planeBytes; pixel++, out += channels) {
    target[out] = source[from + pixel]!;
    target[out + 1] = source[green + pixel]!;
    target[out + 2] = source[blue + pixel]!;
  }
}
