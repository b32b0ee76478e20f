/** Logits and the gradient of the cross-entropy by the pixels, of one image. */
export interface LossSlope {
  /** `[classes]` */
  readonly logits: Float32Array;
  /** In the layout of the image. */
  readonly gradient: Float32Array;
}

export interface AttackOptions {
  /** Largest change of a pixel, in units of [0, 1]. */
  readonly epsilon: number;
  /** Change of a pixel in one step, in units of [0, 1]. */
  readonly stepSize: number;
  readonly steps: number;
}

/** Where an attack has got to. */
export interface AttackState {
  /** The image after the steps made so far, pixels in [0, 1]. */
  readonly image: Float32Array;
  /** Logits of the clean image and of the image after every step made so far. */
  readonly trail: readonly Float32Array[];
  readonly done: boolean;
}

/**
 * Projected gradient descent (PGD) in the L-infinity ball without random start: yields the clean image, then the
 * image after every step. The one line of mathematics is in `steppedImage`.
 *
 * @param slope loss of an image by its pixels, for the label that the attack leads away from
 */
export async function* attack(
  clean: Float32Array,
  slope: (image: Float32Array) => Promise<LossSlope>,
  { epsilon, stepSize, steps }: AttackOptions,
): AsyncGenerator<AttackState> {
  let image = clean;
  const trail: Float32Array[] = [];
  for (let step = 0; step <= steps; step++) {
    const { logits, gradient } = await slope(image);
    trail.push(logits);
    yield { image, trail: [...trail], done: step === steps };
    image = steppedImage(image, gradient, clean, epsilon, stepSize);
  }
}

/** `clip(clip(x + stepSize * sign(gradient), clean - epsilon, clean + epsilon), 0, 1)` */
function steppedImage(
  image: Float32Array,
  gradient: Float32Array,
  clean: Float32Array,
  epsilon: number,
  stepSize: number,
): Float32Array {
  return image.map((pixel, index) => {
    const original = clean[index]!;
    const moved = pixel + stepSize * Math.sign(gradient[index]!);
    const inBall = Math.min(Math.max(moved, original - epsilon), original + epsilon);
    return Math.min(Math.max(inBall, 0), 1);
  });
}

/**
 * Kappa of Fair-ARD: how many of the images that the attack stepped from were still classified right. The last image,
 * from which it makes no step, does not count.
 */
export function survivedSteps(trail: readonly Float32Array[], label: number): number {
  return trail.slice(0, -1).filter((logits) => largest(logits) === label).length;
}

export function largest(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}

/** In the stable form: the largest logit is taken off first. */
export function softmax(logits: Float32Array): Float32Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
