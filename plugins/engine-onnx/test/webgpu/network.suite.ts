/** Run by webgpu.test.ts in a process of its own. */
import type { HostArray, TensorRecord } from '@ard/core';
import type { OnnxEngine } from '../../src/create-onnx-engine.js';
import { expectClose, integers, testEngine, uniform } from '../support/agreement.js';
import {
  attackGradient,
  parameterGradients,
  residualValues,
  type StepInputs,
} from '../support/residual-net.js';

type Fn = (inputs: TensorRecord) => TensorRecord;

const inputs = {
  network: residualValues(),
  images: uniform('images', 0, 1, 3, 8, 10, 3),
  labels: integers('labels', 10, 3),
};

const steps: Record<string, (given: StepInputs) => TensorRecord> = {
  'attack gradient in eval mode': (given) => attackGradient(given, 'eval'),
  'training step': parameterGradients,
};

describe('a residual network on webgpu', () => {
  let [cpu, webgpu]: OnnxEngine[] = [];
  before(async () => {
    cpu = await testEngine({ threads: 1 });
    webgpu = await testEngine({ threads: 1, provider: 'webgpu' });
  });
  after(async () => {
    await cpu?.dispose();
    await webgpu?.dispose();
  });

  for (const [name, step] of Object.entries(steps)) {
    it(`${name} as on the CPU`, async () => {
      const run = async (engine: OnnxEngine): Promise<Record<string, HostArray>> =>
        (await engine.compile(step as unknown as Fn, { name, frozen: ['network'] })(inputs)) as Record<
          string,
          HostArray
        >;
      const [expected, results] = [await run(cpu!), await run(webgpu!)];
      for (const [key, want] of Object.entries(expected)) expectClose(results[key]!, want, 1e-4, key);
    });
  }
});
