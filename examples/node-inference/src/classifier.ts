import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

/** Opens a student that `ard export` wrote; what it returns classifies a PNG, JPEG or WebP into probabilities. */
export async function openClassifier(path: string): Promise<(picture: Uint8Array) => Promise<number[]>> {
  const session = await InferenceSession.create(path);
  const [images] = session.inputMetadata;
  const [, channels, height, width] = (images?.isTensor ? images.shape : []) as number[];
  return async (picture) => {
    const colours = sharp(picture)
      .flatten({ background: 'white' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const planes = await colours.resize(width, height, { fit: 'cover' }).raw().toBuffer();
    const pixels = Float32Array.from({ length: channels! * height! * width! }, (_, index) => {
      const [channel, position] = [Math.floor(index / (height! * width!)), index % (height! * width!)];
      return planes[position * channels! + channel]! / 255; // pixels in [0, 1], channels first
    });
    const { logits } = await session.run({
      images: new Tensor('float32', pixels, [1, channels!, height!, width!]),
    });
    const values = [...(logits!.data as Float32Array)];
    const powers = values.map((logit) => Math.exp(logit - Math.max(...values)));
    const sum = powers.reduce((total, power) => total + power);
    return powers.map((power) => power / sum);
  };
}
