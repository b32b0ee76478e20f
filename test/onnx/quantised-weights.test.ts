import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import {
  hostArray,
  randomStream,
  type Engine,
  type Model,
  type TensorVariables,
  type Variables,
} from '@ard/core';
import exporters from '@ard/plugin-exporters';
import engineOnnx from '@ard/plugin-engine-onnx';
import onnx from '@ard/plugin-models-onnx';
import resnet from '@ard/plugin-models-resnet';
import { expect } from 'chai';
import { makeComponent } from '../support/make-component.js';

const shape = { height: 32, width: 32, channels: 3 };
const classes = 10;
const images = hostArray(randomStream(2).uniform(4 * 3072, 0, 1), [4, 32, 32, 3]);

describe('weights in 8 bits', () => {
  let engine: Engine;
  let folder: string;
  before(async () => {
    engine = await makeComponent(engineOnnx, 'engine', 'onnx');
    folder = mkdtempSync(join(tmpdir(), 'ard-quantised-'));
  });
  after(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true });
  });

  it('make the file a third, hardly change the logits, and are read in again as they are', async () => {
    const model = (await makeComponent(resnet, 'model', 'resnet', { depth: 8 })).build(shape, classes);
    const variables = model.init(randomStream(1));
    const request = { name: 'net', metadata: {} };
    const exact = await (await makeComponent(exporters, 'exporter', 'onnx')).files(model, variables, request);
    const exporter = await makeComponent(exporters, 'exporter', 'onnx', { quantize: 'weights' });
    const files = await exporter.files(model, variables, request);
    expect(exporter.exact).to.equal(false);
    expect(files[0]!.bytes.length).to.be.below(exact[0]!.bytes.length / 3);

    const expected = await logitsOf(engine, model, variables);
    const runtime = await (await exporter.run(files, { model, images, engine })).read();
    const change = differenceOf(runtime, expected);
    expect(change).to.be.within(1e-5, 0.05);

    const path = join(folder, 'net.onnx');
    writeFileSync(path, files[0]!.bytes);
    const again = await (await makeComponent(onnx, 'model', 'onnx')).load!(path, shape, classes);
    expect(again.model.variables).not.to.have.length(0); // it is differentiated, not left to ONNX Runtime
    expect(differenceOf(await logitsOf(engine, again.model, again.variables), runtime)).to.be.below(1e-5);
  });
});

async function logitsOf(engine: Engine, model: Model, variables: Variables): Promise<ArrayLike<number>> {
  const fn = engine.compile(
    (inputs: { network: TensorVariables; images: tf.Tensor4D }) => ({
      logits: model.apply(inputs.network, inputs.images, 'eval').logits as tf.Tensor,
    }),
    { name: 'quantised' },
  );
  const { logits } = await fn({ network: { ...variables }, images });
  const values = await logits.read();
  await fn.dispose();
  return values;
}

/** As a share of the largest. */
function differenceOf(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - found[i]!))) / largest;
}
