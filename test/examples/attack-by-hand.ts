import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

export interface AttackByHand {
  /** `[classes]` */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly kappa: number;
}

/** PGD of 20 steps of 2/255 within 8/255 in native ONNX Runtime, to compare what the page does with. */
export async function attackByHand(
  gradientFile: string,
  picture: string,
  label: number,
): Promise<AttackByHand> {
  const session = await InferenceSession.create(gradientFile);
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const area = info.width * info.height;
  const clean = Array.from(
    { length: 3 * area },
    (_, at) => data[(at % area) * 3 + Math.floor(at / area)]! / 255,
  );
  const run = async (image: readonly number[]) => {
    const { logits, gradient } = await session.run({
      images: new Tensor('float32', Float32Array.from(image), [1, 3, info.height, info.width]),
      labels: new Tensor('int32', Int32Array.of(label), [1]),
    });
    return { logits: [...(logits!.data as Float32Array)], gradient: gradient!.data as Float32Array };
  };
  let image = clean;
  let kappa = 0;
  const { logits: first } = await run(clean);
  for (let step = 0; step < 20; step++) {
    const { logits, gradient } = await run(image);
    if (logits.indexOf(Math.max(...logits)) === label) kappa++;
    image = image.map((pixel, at) => {
      const moved = pixel + (2 / 255) * Math.sign(gradient[at]!);
      const inBall = Math.max(clean[at]! - 8 / 255, Math.min(clean[at]! + 8 / 255, moved));
      return Math.max(0, Math.min(1, inBall));
    });
  }
  const { logits: last } = await run(image);
  await session.release();
  return { before: probabilities(first), after: probabilities(last), kappa };
}

export function probabilities(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
