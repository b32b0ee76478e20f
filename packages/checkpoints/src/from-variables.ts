import type { Model, StoredTensor, StoredTensors, Variables } from '@ard/core';
import { normalisationMetadata } from './normalisation-metadata.js';

/**
 * A model's variables as a checkpoint holds them, under their PyTorch names.
 *
 * @param metadata further facts for the file's header; `arch`, `format` and the normalisation are filled in
 */
export async function fromVariables(
  model: Model,
  variables: Variables,
  metadata: Readonly<Record<string, string>> = {},
): Promise<StoredTensors> {
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, shape, kind, storage } of model.variables) {
    const array = (kind === 'parameter' ? variables.parameters : variables.statistics)[name];
    if (array === undefined) throw new Error(`fromVariables: ${model.name} has no value for ${name}`);
    tensors[name] = { shape, data: (await array.read()) as Float32Array, storage };
  }
  return {
    tensors,
    metadata: { format: 'pt', arch: model.name, ...normalisationMetadata(model), ...metadata },
  };
}
