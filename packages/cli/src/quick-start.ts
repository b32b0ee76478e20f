import type { PartialConfig } from '@ard/core';

/**
 * What a run does when the user names no data: generated images and settings that finish within minutes on two
 * cores. Lies above presets and below everything the user says.
 */
export const quickStart: PartialConfig = {
  dataset: { id: 'generated' },
  student: { id: 'resnet-8' },
  // the presets' schedules are made for hundreds of epochs
  schedule: { id: 'cosine' },
  training: { epochs: 8, batchSize: 64 },
};

/** By method, where the papers' rate is made for hundreds of epochs: RSLAD's mean over classes makes gradients small. */
export const quickStartLearningRates: Readonly<Record<string, number>> = { rslad: 0.5 };

/** Origin of these values in `ard explain`. */
export const quickStartOrigin = 'quick start';

/** Plugin whose default preset trains a teacher for `--teacher auto`. */
export const autoTeacherPlugin = 'adversarial-training';

/** How `--teacher auto` trains; data set, engine and limits are those of the run that wants the teacher. */
export const autoTeacher: PartialConfig = {
  student: { id: 'resnet-8' },
  schedule: { id: 'cosine' },
  training: { epochs: 4, batchSize: 64, evaluateEvery: 0 },
};
