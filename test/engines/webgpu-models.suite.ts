/** Run by webgpu-models.test.ts in a process of its own; the name keeps it from running with the other tests. */
import type { Engine } from '@ard/core';
import { cpuEngine } from '../support/tiny-parts.js';
import { expectAgreement } from './expect-agreement.js';
import { bundledComponents, modelSubjects } from './model-subjects.js';

/** Software is slow: a residual network, and the one with depthwise convolutions. */
const names = ['resnet depth=20', 'mobilenet-v2'];
/** GPUs are free in how they round and in the order of sums. */
const tolerance = 10;

const components = await bundledComponents();
const subjects = (await modelSubjects(components)).filter(({ name }) => names.includes(name));

describe('networks on webgpu', () => {
  let [oracle, webgpu]: Engine[] = [];
  before(async () => {
    oracle = await cpuEngine();
    const component = components.find(({ kind, id }) => kind === 'engine' && id === 'onnx')!;
    webgpu = (await component.create(component.options.parse({ provider: 'webgpu', threads: 1 }))) as Engine;
  });
  after(async () => {
    await oracle?.dispose();
    await webgpu?.dispose();
  });

  if (subjects.length !== names.length) throw new Error('a network has another name now');
  for (const { name, model } of subjects) {
    it(`${name} as on tfjs's cpu backend`, () =>
      expectAgreement(oracle!, [['webgpu', webgpu!]], model, tolerance));
  }
});
