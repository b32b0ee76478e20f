/**
 * The same images with whole channels one after another, as PyTorch and most ONNX files have them.
 *
 * @param images row-major, `[batch, height, width, channels]`
 * @returns row-major, `[batch, channels, height, width]`; a copy
 */
export function channelsFirst(images: Float32Array, shape: readonly number[]): Float32Array {
  const [count = 0, height = 1, width = 1, channels = 1] = shape;
  const area = height * width;
  const turned = new Float32Array(images.length);
  for (let image = 0; image < count; image++) {
    const at = image * area * channels;
    for (let position = 0; position < area; position++) {
      for (let channel = 0; channel < channels; channel++) {
        turned[at + channel * area + position] = images[at + position * channels + channel]!;
      }
    }
  }
  return turned;
}
