import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import type { Exporter, TensorVariables } from '@ard/core';
import { encodeSafetensors, fromVariables, readCheckpoint, toVariables } from '@ard/checkpoints';

/**
 * Writes the state dict of the PyTorch network of the same architecture; `load_state_dict` takes it as it is. The
 * normalisation is not part of a state dict: the header says it (`mean`, `std`).
 */
export function safetensorsExporter(): Exporter {
  return {
    calibrationImages: 0,
    exact: true,
    async files(model, variables, { name, metadata }) {
      const chunks = encodeSafetensors(await fromVariables(model, variables, metadata));
      return [{ path: `${name}.safetensors`, bytes: Buffer.concat(chunks) }];
    },
    async run([file], { model, images, engine }) {
      const folder = await mkdtemp(join(tmpdir(), 'ard-export-'));
      try {
        const path = join(folder, 'network.safetensors');
        await writeFile(path, file!.bytes);
        const network = { ...toVariables(model, await readCheckpoint(path)) };
        const logits = engine.compile(
          (inputs: { network: TensorVariables; images: tf.Tensor4D }) => ({
            logits: model.apply(inputs.network, inputs.images, 'eval').logits,
          }),
          { name: 'exported-logits' },
        );
        try {
          return (await logits({ network, images })).logits;
        } finally {
          await logits.dispose();
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
