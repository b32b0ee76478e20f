import type { HostArray } from '../contracts/nd-array.js';
import { hostArray } from '../nd-array.js';
import type { Predictions } from './predictor.js';
import type { SampleVerdict } from './stored/sample-verdict.js';
import type { SavedAdversarials } from './stored/saved-adversarials.js';

/** Robust accuracy as it follows from the images that were saved. */
export interface Recomputed {
  /** Fraction of all samples. */
  readonly robustAccuracy: number;
  /** Whether it is the accuracy of the verdicts, sample by sample. */
  readonly agrees: boolean;
  /** Samples that the verdicts call broken and that the saved image does not break, and the other way round. */
  readonly disagreeing: readonly number[];
  /** Images that break their sample in float32 only, and are therefore saved as such. */
  readonly unbrokenBy8Bit: number;
}

/**
 * Asks the network again about what was saved: a sample is robust when it is right on the clean image and no image
 * was saved that the network is wrong about.
 *
 * @param predict of the network on images of labels
 */
export async function recompute(
  saved: SavedAdversarials,
  verdicts: readonly SampleVerdict[],
  predict: (images: HostArray, labels: HostArray) => Promise<Pick<Predictions, 'classes'>>,
): Promise<Recomputed> {
  const byIndex = new Map(verdicts.map((verdict) => [verdict.index, verdict]));
  const labels = Int32Array.from(saved.indices, (index) => byIndex.get(index)?.label ?? -1);
  const count = labels.length;
  const classes =
    count === 0
      ? new Int32Array(0)
      : (await predict(hostArray(saved.images, saved.shape), hostArray(labels, [count]))).classes;
  const broken = new Set(saved.indices.filter((_, row) => classes[row] !== labels[row]));
  const robust = verdicts.filter(
    ({ index, label, cleanPrediction }) => cleanPrediction === label && !broken.has(index),
  );
  const disagreeing = verdicts.filter(
    ({ index, brokenBy }) => (brokenBy !== undefined) !== broken.has(index),
  );
  return {
    robustAccuracy: robust.length / verdicts.length,
    agrees: disagreeing.length === 0,
    disagreeing: disagreeing.map(({ index }) => index),
    unbrokenBy8Bit: verdicts.filter(({ breaksIn8Bit }) => breaksIn8Bit === false).length,
  };
}
