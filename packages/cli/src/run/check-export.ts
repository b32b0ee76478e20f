import {
  ArdError,
  hostArray,
  randomStream,
  type Engine,
  type ExportedFile,
  type Exporter,
  type HostArray,
  type Model,
  type TensorVariables,
  type Variables,
} from '@ard/core';

/** Images of random pixels that both compute. */
const checkedImages = 8;

/** Largest difference of two logits, as a share of the largest logit, that rounding explains. */
const tolerance = 1e-4;

type TracedImages = Parameters<Model['apply']>[1];

export interface ExportVerdict {
  readonly images: number;
  /** As a share of the largest logit. */
  readonly largestDifference: number;
  readonly text: string;
}

interface Checked {
  readonly model: Model;
  readonly variables: Variables;
  readonly engine: Engine;
}

/**
 * Runs exported files and compares their logits with those of the network.
 *
 * @throws ArdError when an exporter that promises the same logits gives others
 */
export async function checkExport(
  exporter: Exporter,
  files: readonly ExportedFile[],
  { model, variables, engine }: Checked,
): Promise<ExportVerdict> {
  const images = randomImages(model);
  const expected = await logitsOf(model, variables, images, engine);
  const found = await (await exporter.run(files, { model, images, engine })).read();
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
  const largestDifference = largest === 0 ? difference : difference / largest;
  if (exporter.exact && !(largestDifference <= tolerance)) {
    throw new ArdError(
      `The export computes other logits than the network: they differ by ${percent(largestDifference)} of the largest.`,
      { remedy: 'Nothing was written. Please report it with the name of the model and the options.' },
    );
  }
  return {
    images: checkedImages,
    largestDifference,
    text: exporter.exact
      ? `run on ${checkedImages} images, same logits (largest difference ${largestDifference.toExponential(1)})`
      : `run on ${checkedImages} images of noise, logits differ by up to ${percent(largestDifference)} of the largest`,
  };
}

function randomImages({ shape: { height, width, channels } }: Model): HostArray {
  const pixels = randomStream(0)
    .derive('export')
    .uniform(checkedImages * height * width * channels, 0, 1);
  return hostArray(pixels, [checkedImages, height, width, channels]);
}

async function logitsOf(
  model: Model,
  variables: Variables,
  images: HostArray,
  engine: Engine,
): Promise<Float32Array> {
  const compiled = engine.compile(
    (inputs: { network: TensorVariables; images: TracedImages }) => ({
      logits: model.apply(inputs.network, inputs.images, 'eval').logits,
    }),
    { name: 'logits', frozen: ['network'] },
  );
  try {
    const { logits } = await compiled({ network: { ...variables }, images });
    return (await logits.read()) as Float32Array;
  } finally {
    await compiled.dispose();
  }
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`;
}
