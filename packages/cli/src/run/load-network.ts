import type { Architecture, LabelledImages } from '@ard/core';
import type { NetworkWithValues } from '@ard/core/host';
import { readCheckpoint, toVariables } from '@ard/checkpoints';
import { checkpointFile } from './student-file.js';

/**
 * Builds a network for the images and fills it from a checkpoint.
 *
 * @throws ArdError with the first differences when names, shapes or the number of classes do not fit
 */
export async function loadNetwork(
  architecture: Architecture,
  checkpoint: string,
  images: Pick<LabelledImages, 'shape' | 'classNames'>,
): Promise<NetworkWithValues> {
  const file = checkpointFile(checkpoint);
  const classes = images.classNames.length;
  if (architecture.load) return await architecture.load(file, images.shape, classes);
  const model = architecture.build(images.shape, classes);
  return { model, variables: toVariables(model, await readCheckpoint(file), file) };
}
