import type { Method, ReweightingStrategy } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import fairAbsld from '@ard/plugin-fair-absld';
import methodRslad from '@ard/plugin-method-rslad';
import { totalLoss, toyLossInputs } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

/** ABSLD is a strategy of one plugin and a loss of another, so its oracle needs both. */

const oracles = [
  { aliasing: false, name: 'intended', loss: 0.1207378462 },
  { aliasing: true, name: 'as released', loss: 0.1191988314 },
] as const;

describe('ABSLD on RSLAD', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  for (const { aliasing, name, loss } of oracles) {
    it(`gives the loss of methods.md 11.2 with temperatures 1.1 and 0.9, ${name}`, async () => {
      const component = fairAbsld.components.find(({ id }) => id === 'absld')!;
      const strategy = (await component.create(component.options.parse({ aliasing }))) as ReweightingStrategy;
      const temperatures = { adversarial: [1.1, 0.9], clean: [1.1, 0.9] };
      // classes with equal losses keep their temperatures
      const equal = {
        sums: [
          [1, 1],
          [1, 1],
        ],
        counts: [1, 1],
      };
      const { knobs } = strategy.update(temperatures, { epoch: 0, classes: 2, measured: equal });

      const rslad = methodRslad.components.find(({ id }) => id === 'rslad')!;
      const method = (await rslad.create(rslad.options.parse({}))) as Method;
      const inputs = toyLossInputs({
        temperature: knobs.temperature as [number, number],
        cleanTemperature: knobs.cleanTemperature as [number, number],
      });
      expect(totalLoss(method, inputs).dataSync()[0]).to.be.closeTo(loss, 1e-7);
    });
  }
});
