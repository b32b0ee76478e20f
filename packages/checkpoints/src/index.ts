export { fromVariables } from './from-variables.js';
export { readCheckpoint } from './read-checkpoint.js';
export { safetensorsStore } from './safetensors-store.js';
export { toVariables } from './to-variables.js';
