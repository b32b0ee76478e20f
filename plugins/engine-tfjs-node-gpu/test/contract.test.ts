import { isArdError } from '@ard/core';
import { engineContract } from '@ard/testkit';
import { expect } from 'chai';
import { createNodeGpuEngine } from '../src/create-node-gpu-engine.js';
import { loadNodeGpu } from '../src/load-node-gpu.js';

const availability = await loadNodeGpu();
if (availability.available) {
  // newer GPUs multiply with ten bits of mantissa
  engineContract({ name: 'tfjs-node-gpu', create: () => createNodeGpuEngine(), tolerance: 5e-3 });
} else {
  describe(`tfjs-node-gpu, absent here (${availability.cause})`, () => {
    it('says why and what to do', async () => {
      const error: unknown = await createNodeGpuEngine().catch((reason: unknown) => reason);
      expect(isArdError(error) && error.message).to.contain(availability.cause);
      expect(isArdError(error) && error.remedy).to.equal(availability.remedy);
    });
  });
}
