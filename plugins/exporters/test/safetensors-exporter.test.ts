import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream, type HostArray } from '@ard/core';
import { readCheckpoint } from '@ard/checkpoints';
import { globalAveragePool, layerBuilder } from '@ard/nn';
import { expect } from 'chai';
import { safetensorsExporter } from '../src/safetensors/safetensors-exporter.js';

describe('exporter safetensors', () => {
  it('writes names, shapes and values of a PyTorch state dict', async () => {
    const layers = layerBuilder();
    const convolution = layers.conv2d('features.0', { inputs: 3, outputs: 4, kernel: 3 });
    const norm = layers.batchNorm('features.1', 4);
    const classifier = layers.linear('classifier', { inputs: 4, outputs: 2 });
    const shape = { height: 4, width: 4, channels: 3 };
    const model = layers.model({ name: 'tiny', shape, classes: 2 }, (images, pass) =>
      classifier(globalAveragePool(norm(convolution(images, pass), pass)), pass),
    );
    const variables = model.init(randomStream(1));
    const [file] = await safetensorsExporter().files(model, variables, {
      name: 'net',
      metadata: { 'ard.classNames': '["a","b"]' },
    });
    expect(file!.path).to.equal('net.safetensors');
    const folder = mkdtempSync(join(tmpdir(), 'ard-test-'));
    try {
      writeFileSync(join(folder, 'net'), file!.bytes);
      const { tensors, metadata } = await readCheckpoint(join(folder, 'net'));
      // the keys of torch.nn.Sequential(Conv2d(3, 4, 3, bias=False), BatchNorm2d(4)) and Linear(4, 2)
      expect(
        Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])),
      ).to.deep.equal({
        'features.0.weight': [4, 3, 3, 3],
        'features.1.weight': [4],
        'features.1.bias': [4],
        'features.1.running_mean': [4],
        'features.1.running_var': [4],
        'features.1.num_batches_tracked': [],
        'classifier.weight': [2, 4],
        'classifier.bias': [2],
      });
      expect(tensors['features.1.num_batches_tracked']!.storage).to.equal('int64');
      expect([...tensors['features.0.weight']!.data]).to.deep.equal([
        ...(variables.parameters['features.0.weight'] as HostArray).data,
      ]);
      expect(metadata).to.include({ 'ard.classNames': '["a","b"]', format: 'pt' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
