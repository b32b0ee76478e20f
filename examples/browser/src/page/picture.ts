import type { Site } from '../site.js';
import { PageError } from './page-error.js';

type Shape = Site['shape'];

/**
 * Reads a picture as the network sees it: the middle of it, in the network's proportions, scaled to its size, on
 * white where it is transparent.
 *
 * @returns `[channels, height, width]` in [0, 1]
 * @throws PageError for what the browser cannot show
 */
export async function readPicture(picture: Blob, name: string, shape: Shape): Promise<Float32Array> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    throw new PageError(`${name} is no picture that this browser can open. PNG, JPEG and WebP work.`);
  }
  const { width, height } = shape;
  const scale = Math.min(bitmap.width / width, bitmap.height / height);
  const [cutWidth, cutHeight] = [width * scale, height * scale];
  const context = contextOf(canvasOf(width, height));
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    bitmap,
    (bitmap.width - cutWidth) / 2,
    (bitmap.height - cutHeight) / 2,
    cutWidth,
    cutHeight,
    ...([0, 0, width, height] as const),
  );
  bitmap.close();
  return fromBytes(context.getImageData(0, 0, width, height).data, shape);
}

/** Shows values in [0, 1] in a canvas, one pixel each. */
export function drawPicture(canvas: HTMLCanvasElement, values: Float32Array, shape: Shape): void {
  canvas.width = shape.width;
  canvas.height = shape.height;
  const data = new ImageData(shape.width, shape.height);
  const area = shape.width * shape.height;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const source = shape.channels === 1 ? 0 : channel;
      data.data[pixel * 4 + channel] = values[source * area + pixel]! * 255;
    }
    data.data[pixel * 4 + 3] = 255;
  }
  contextOf(canvas).putImageData(data, 0, 0);
}

/** A change of at most epsilon, stretched to [0, 1] around grey. */
export function magnified(changed: Float32Array, clean: Float32Array, epsilon: number): Float32Array {
  if (epsilon === 0) return clean.map(() => 0.5);
  return clean.map((pixel, index) => 0.5 + (changed[index]! - pixel) / (2 * epsilon));
}

function fromBytes(bytes: Uint8ClampedArray, { channels, height, width }: Shape): Float32Array {
  const area = height * width;
  const values = new Float32Array(channels * area);
  for (let pixel = 0; pixel < area; pixel++) {
    const [red, green, blue] = [0, 1, 2].map((channel) => bytes[pixel * 4 + channel]! / 255) as [
      number,
      number,
      number,
    ];
    if (channels === 1) values[pixel] = 0.299 * red + 0.587 * green + 0.114 * blue;
    else [red, green, blue].forEach((value, channel) => (values[channel * area + pixel] = value));
  }
  return values;
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext('2d', { willReadFrequently: true })!;
}
