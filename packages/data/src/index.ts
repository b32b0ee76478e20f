/** Readers, selections and batches that dataset plugins and the trainer share. */
export { readCifarRecords, cifarRecordBytes, type CifarRecords } from './cifar-records.js';
export { readIdx, type IdxContent } from './idx-file.js';
export { listDirectory } from './list-directory.js';
export { findFile } from './find-file.js';
export { checkLabels } from './check-labels.js';
export { fingerprint } from './fingerprint.js';
export { classCounts } from './class-counts.js';
export { subset } from './subset.js';
export { limitSamples } from './limit-samples.js';
export { splitPerClass, type PerClassSplit } from './split-per-class.js';
export { augmentBatch, imagesToFloat } from './augment-batch.js';
export { batchSource, type BatchSourceOptions } from './batch-source.js';
