import type { Attack, Engine, ReweightingStrategy } from '@ard/core';
import { createTrainingEvents, train, trainingOptions } from '@ard/core/host';
import { expect } from 'chai';
import { cpuEngine, tinyAttack, tinyParts } from '../support/tiny-parts.js';

const scales = [0.5, 1, 3];

const enlarging = (stepSizeOf?: 'batch'): ReweightingStrategy => ({
  needs: {},
  knobs: ['epsilon', 'stepSize'],
  ...(stepSizeOf ? { stepSizeOf } : {}),
  init: () => null,
  initialKnobs: () => ({ epsilon: scales, stepSize: scales }),
  update: () => ({ state: null, knobs: {} }),
});

/** An attack that tells what it was given. */
function watched(seen: Record<'labels' | 'epsilon' | 'steps', number[]>[]): Attack {
  const attack = tinyAttack();
  return {
    ...attack,
    scalesSteps: true,
    prepare(victim) {
      const prepared = attack.prepare(victim);
      return async (batch, run) => {
        const [labels, epsilon, steps] = await Promise.all(
          [batch.labels, batch.epsilon, batch.stepScale!].map(async (array) =>
            Array.from(await array.read()),
          ),
        );
        seen.push({ labels: labels!, epsilon: epsilon!, steps: steps! });
        return await prepared(batch, run);
      };
    },
  };
}

describe('the class knob stepSize', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const of of ['batch', undefined] as const) {
    it(of ? 'is the largest of a batch for all of it, as in ReMargin' : "is an example's own", async () => {
      const seen: Parameters<typeof watched>[0] = [];
      const parts = tinyParts(engine, { strategy: enlarging(of) });
      await train(
        { ...parts, innerAttack: { ...parts.innerAttack!, attack: watched(seen) } },
        trainingOptions.parse({ epochs: 2, batchSize: 4, evaluateEvery: 0 }),
        { events: createTrainingEvents() },
      );
      expect(seen).to.have.length(6);
      const first = seen.slice(0, 3);
      for (const { labels, epsilon, steps } of first) {
        const own = labels.map((label) => scales[label]!);
        epsilon.forEach((radius, index) => expect(radius).to.be.closeTo(0.1 * own[index]!, 1e-6));
        expect(steps).to.deep.equal(of ? own.map(() => Math.max(...own)) : own);
      }
    });
  }
});
