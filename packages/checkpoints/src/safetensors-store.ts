import type { CheckpointStore } from '@ard/core';
import { readSafetensors } from './read-safetensors.js';
import { writeSafetensors } from './write-safetensors.js';

/** Checkpoints as safetensors files, as Python's `safetensors.torch` reads and writes them. */
export const safetensorsStore: CheckpointStore = {
  load: readSafetensors,
  save: (path, content) => writeSafetensors(path, content),
};
