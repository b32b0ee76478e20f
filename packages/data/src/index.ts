/** Readers, selections and batches that dataset plugins and the trainer share. */
export { readCifarRecords, type CifarLayout, type CifarRecords } from './cifar-records.js';
export { cifarImageBytes, interleavePlanes } from './interleave-planes.js';
export { readMat, type MatMatrix } from './mat-file.js';
export { inSharedMemory, sharedBytes } from './shared-bytes.js';
export { augmentationOptions, chosenAugmentation, type AugmentationOptions } from './augmentation-options.js';
export { readIdx, type IdxContent } from './idx-file.js';
export { listDirectory } from './list-directory.js';
export { findFile } from './find-file.js';
export { checkLabels } from './check-labels.js';
export { cacheFolder } from './cache-folder.js';
export { fingerprint } from './fingerprint.js';
export { classCounts } from './class-counts.js';
export { subset } from './subset.js';
export { limitSamples } from './limit-samples.js';
export { splitPerClass, type PerClassSplit } from './split-per-class.js';
export { augmentBatch, drawAugmentation, imagesToFloat, type AugmentationDraws } from './augment-batch.js';
export { batchSource, type BatchSourceOptions } from './batch-source.js';
