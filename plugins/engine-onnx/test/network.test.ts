import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { HostArray, TensorRecord } from '@ard/core';
import type { OnnxEngine } from '../src/create-onnx-engine.js';
import { expectClose, integers, testEngine, uniform } from './support/agreement.js';
import {
  attackGradient,
  parameterGradients,
  residualValues,
  severalPassGradients,
  type StepInputs,
} from './support/residual-net.js';

type Step = (inputs: StepInputs) => Record<string, tf.Tensor>;

const inputs = {
  network: residualValues(),
  images: uniform('images', 0, 1, 6, 8, 10, 3),
  labels: integers('labels', 10, 6),
};

const steps: Record<string, Step> = {
  'logits and input gradient in eval mode': (given) => attackGradient(given, 'eval'),
  'logits and input gradient in train mode': (given) => attackGradient(given, 'train'),
  'loss, statistics and parameter gradients in train mode': parameterGradients,
  'the same of three passes, one after the other': severalPassGradients,
};

async function expected(step: Step): Promise<Record<string, Float32Array>> {
  await tf.setBackend('cpu');
  const tensor = ({ data, shape, dtype }: HostArray): tf.Tensor => tf.tensor(data, [...shape], dtype);
  const named = (arrays: Record<string, HostArray>): Record<string, tf.Tensor> =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, tensor(array)]));
  const results = step({
    network: { parameters: named(inputs.network.parameters), statistics: named(inputs.network.statistics) },
    images: tensor(inputs.images) as tf.Tensor4D,
    labels: tensor(inputs.labels) as tf.Tensor1D,
  });
  return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, t.dataSync() as Float32Array]));
}

for (const blocked of [true, false]) {
  describe(`a residual network ${blocked ? 'with' : 'without'} blocked convolutions`, () => {
    let engine: OnnxEngine;
    before(async () => {
      engine = await testEngine({ blocked });
    });
    after(() => engine.dispose());

    for (const [name, step] of Object.entries(steps)) {
      for (const frozen of [[], ['network']]) {
        it(`${name}${frozen.length > 0 ? ', frozen' : ''}, as tfjs's cpu backend`, async () => {
          const compiled = engine.compile(step as unknown as (inputs: TensorRecord) => TensorRecord, {
            name,
            frozen,
          });
          const results = (await compiled(inputs)) as Record<string, HostArray>;
          for (const [key, data] of Object.entries(await expected(step))) {
            const got = results[key]!;
            expectClose(got, { ...got, data }, 2e-5, key);
          }
          await compiled.dispose();
        });
      }
    }

    it('gives the same bits from call to call and from session to session', async () => {
      const run = async (): Promise<Record<string, HostArray>> => {
        const compiled = engine.compile(
          parameterGradients as unknown as (inputs: TensorRecord) => TensorRecord,
          {
            name: 'train-step',
          },
        );
        await compiled(inputs);
        const results = (await compiled(inputs)) as Record<string, HostArray>;
        await compiled.dispose();
        return results;
      };
      const [first, second] = [await run(), await run()];
      for (const [key, { data }] of Object.entries(first)) expect(second[key]!.data, key).to.deep.equal(data);
    });
  });
}
