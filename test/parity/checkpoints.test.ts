import '@tensorflow/tfjs'; // gradients and the plain cpu backend, the oracle
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs-core';
import { fromVariables, readCheckpoint, safetensorsStore, toVariables } from '@ard/checkpoints';
import {
  hostArray,
  type Architecture,
  type Exporter,
  type ImageShape,
  type Model,
  type NdArray,
  type Plugin,
  type TensorVariables,
  type Variables,
} from '@ard/core';
import exporters from '@ard/plugin-exporters';
import onnxModels from '@ard/plugin-models-onnx';
import resnets from '@ard/plugin-models-resnet';
import smallCnns from '@ard/plugin-models-small-cnn';
import { expect } from 'chai';
import { sharedData } from '../support/shared-data.js';

/** What stands beside each checkpoint: logits of another implementation on the first test images. */
interface Reference {
  readonly file: string;
  readonly arch: string;
  readonly dataset: 'cifar10' | 'fashion';
  /** channels, height, width */
  readonly inputShape: readonly [number, number, number];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly parameters: number;
  readonly logits: readonly (readonly number[])[];
}

const architectures: Readonly<
  Record<string, readonly [id: string, options: Readonly<Record<string, unknown>>]>
> = {
  resnet20: ['resnet', { depth: 20 }],
  resnet56: ['resnet', { depth: 56 }],
  resnet2b: ['resnet-plain', { layout: '2b' }],
  resnet4b: ['resnet-plain', { layout: '4b' }],
  cnn4: ['small-cnn', { layout: 'strided' }],
  cnn4v: ['small-cnn', { layout: 'strided', padding: 0 }],
  cnn4g: ['small-cnn', { layout: 'strided' }],
};

/** The originals of two of them: before and after PyTorch 1.6. */
const pytorchFiles: Readonly<Record<string, { readonly file: string; readonly prefix: string }>> = {
  'cifar10-resnet20-plain': { file: 'checkpoints/resnet20-12fca82f.th', prefix: 'module.' },
  'cifar10-convsmall-pgd': { file: 'checkpoints/cifar_conv_small_pgd.pth', prefix: '' },
};

const referenceFile = sharedData('checkpoints/reference.json');

describe('published checkpoints give the logits they should', () => {
  before(async () => {
    await tf.setBackend('cpu');
  });

  const { models } = (referenceFile ? JSON.parse(readFileSync(referenceFile, 'utf8')) : { models: {} }) as {
    readonly models: Readonly<Record<string, Reference>>;
  };
  if (referenceFile === undefined) it('skipped: this machine has no shared data beside the checkout');

  for (const [name, reference] of Object.entries(models)) {
    it(name, async () => {
      const model = await build(reference);
      const path = sharedData(reference.file)!;
      const stored = await safetensorsStore.load(path);
      const variables = toVariables(model, stored, path);
      const sizes = Object.values(variables.parameters).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
      expect(sizes.reduce((a, b) => a + b, 0)).to.equal(reference.parameters);

      const images = firstImages(reference, model.shape);
      await expectLogits(model, variables, images, reference);

      const again = await fromVariables(model, variables);
      for (const [key, { data }] of Object.entries(stored.tensors)) {
        expect(again.tensors[key]!.data, key).to.deep.equal(data);
      }
    });
  }

  for (const [name, reference] of Object.entries(models)) {
    it(`${name}, out as ONNX, by ONNX Runtime and in again`, async () => {
      const model = await build(reference);
      const path = sharedData(reference.file)!;
      const variables = toVariables(model, await safetensorsStore.load(path), path);
      const images = firstImages(reference, model.shape);
      const exporter = (await componentOf(exporters, 'onnx', {})) as Exporter;
      const files = await exporter.files(model, variables, { name, metadata: {} });
      const pixels = hostArray((await images.data()) as Float32Array, images.shape);
      const engine = undefined as never; // an ONNX file needs none
      expectRows(await rowsOf(await exporter.run(files, { model, images: pixels, engine })), reference);

      const folder = mkdtempSync(join(tmpdir(), 'ard-parity-'));
      try {
        const file = join(folder, files[0]!.path);
        writeFileSync(file, files[0]!.bytes);
        const importer = (await componentOf(onnxModels, 'onnx', {})) as Architecture;
        const again = await importer.load!(file, model.shape, model.classes);
        await expectLogits(again.model, again.variables, images, reference);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  for (const [name, { file, prefix }] of Object.entries(referenceFile ? pytorchFiles : {})) {
    it(`${name}, from the file that PyTorch wrote`, async () => {
      const reference = models[name]!;
      const model = await build(reference);
      const path = sharedData(file)!;
      const stored = await readCheckpoint(path);
      const twin = await safetensorsStore.load(sharedData(reference.file)!);
      expect(stored.tensors).to.have.all.keys(Object.keys(twin.tensors).map((key) => prefix + key));
      for (const [key, { shape, data }] of Object.entries(twin.tensors)) {
        const found = stored.tensors[prefix + key]!;
        expect(found.shape, key).to.deep.equal(shape);
        expect(bits(found.data), key).to.deep.equal(bits(data));
      }
      const images = firstImages(reference, model.shape);
      await expectLogits(model, toVariables(model, stored, path), images, reference);
    });
  }
});

async function expectLogits(
  model: Model,
  variables: Variables,
  images: tf.Tensor4D,
  reference: Reference,
): Promise<void> {
  const { logits } = model.apply(await tensors(variables), images, 'eval');
  expectRows(await logits.array(), reference);
}

function expectRows(rows: readonly (readonly number[])[], reference: Reference): void {
  for (const [i, row] of rows.entries()) {
    const scale = Math.max(...reference.logits[i]!.map(Math.abs));
    row.forEach((value, k) => {
      expect(value, `image ${i}, class ${k}`).to.be.closeTo(reference.logits[i]![k]!, 1e-4 * scale);
    });
  }
}

async function rowsOf(array: NdArray): Promise<number[][]> {
  const [count = 0, width = 0] = array.shape;
  const values = Array.from(await array.read());
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
}

async function componentOf(plugin: Plugin, id: string, options: Record<string, unknown>): Promise<unknown> {
  const component = plugin.components.find((one) => one.id === id)!;
  return await component.create(component.options.parse(options));
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

async function build({ arch, mean, std, inputShape, logits }: Reference): Promise<Model> {
  const [id, options] = architectures[arch]!;
  const component = [...resnets.components, ...smallCnns.components].find((one) => one.id === id)!;
  const architecture = (await component.create(
    component.options.parse({ ...options, mean, std }),
  )) as Architecture;
  const [channels, height, width] = inputShape;
  return architecture.build({ height, width, channels }, logits[0]!.length);
}

/** The first four test images, read here and not by the data packages: this test is about networks. */
function firstImages({ dataset, logits }: Reference, { height, width, channels }: ImageShape): tf.Tensor4D {
  const count = logits.length;
  const pixels = height * width * channels;
  if (dataset === 'fashion') {
    const bytes = gunzipSync(readFileSync(sharedData('fashion-mnist/t10k-images-idx3-ubyte.gz')!));
    return tf.div(
      tf.tensor4d(bytes.subarray(16, 16 + count * pixels), [count, height, width, channels], 'int32'),
      255,
    );
  }
  const records = new Uint8Array(count * (1 + pixels));
  const file = openSync(sharedData('cifar-10-batches-bin/test_batch_first1000.bin')!, 'r');
  readSync(file, records);
  closeSync(file);
  const withLabels = tf.tensor2d(records, [count, 1 + pixels], 'int32');
  const planes = tf.reshape(tf.slice2d(withLabels, [0, 1], [count, pixels]), [
    count,
    channels,
    height,
    width,
  ]);
  return tf.div<tf.Tensor4D>(tf.transpose(planes, [0, 2, 3, 1]), 255);
}

async function tensors(variables: Variables): Promise<TensorVariables> {
  const convert = async (arrays: Readonly<Record<string, NdArray>>) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(arrays).map(async ([name, array]) => [
          name,
          tf.tensor(await array.read(), [...array.shape]),
        ]),
      ),
    ) as Record<string, tf.Tensor>;
  return { parameters: await convert(variables.parameters), statistics: await convert(variables.statistics) };
}
