export type { CheckpointOutline, OutlinedTensor } from './checkpoint-outline.js';
export { fittingArchitectures, type Fit } from './fitting-architectures.js';
export { fromVariables } from './from-variables.js';
export { normalisationTensors } from './normalisation-tensors.js';
export { outlineCheckpoint, readCheckpoint } from './read-checkpoint.js';
export { safetensorsStore } from './safetensors-store.js';
export { toVariables } from './to-variables.js';
export { wrapperPrefixes } from './wrapper-prefix.js';
