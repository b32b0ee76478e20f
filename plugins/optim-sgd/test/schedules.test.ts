import type { Schedule, TrainingPosition } from '@ard/core';
import { describeOptions } from '@ard/core/host';
import { expect } from 'chai';
import { constant } from '../src/constant.js';
import { cosine } from '../src/cosine.js';
import plugin from '../src/index.js';
import { multiStep } from '../src/multi-step.js';
import { piecewise } from '../src/piecewise.js';

const position: TrainingPosition = { epoch: 0, step: 0, stepsPerEpoch: 391, epochs: 200 };

/** Learning rates at epochs, starting from 0.1. */
function rates(
  schedule: Schedule,
  epochs: readonly number[],
  change: Partial<TrainingPosition> = {},
): number[] {
  return epochs.map((epoch) => 0.1 * schedule.factor({ ...position, ...change, epoch }));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).to.have.lengthOf(expected.length);
  actual.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-12));
}

describe('schedules', () => {
  it('constant never changes', () => {
    expectClose(rates(constant(), [0, 199]), [0.1, 0.1]);
  });

  it('multi-step as described: 0.1, 0.01, 0.001 (methods.md 11.3, 5)', () => {
    const schedule = multiStep({ milestones: [100, 150], gamma: 0.1, drops: 'as-described' });
    expectClose(rates(schedule, [0, 99, 100, 149, 150, 199]), [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
  });

  it('multi-step as released: the second drop does nothing (methods.md 11.3, 5)', () => {
    const schedule = multiStep({ milestones: [100, 150], gamma: 0.1, drops: 'as-released' });
    expectClose(rates(schedule, [0, 99, 100, 149, 150, 199]), [0.1, 0.1, 0.01, 0.01, 0.01, 0.01]);
  });

  it('multi-step of RSLAD: the 215th epoch is the last with the full rate', () => {
    const schedule = multiStep({ milestones: [215, 260, 285], gamma: 0.1, drops: 'as-described' });
    // epoch 214 counted from 0 is the 215th
    expectClose(rates(schedule, [214, 215, 259, 260, 284, 285]), [0.1, 0.01, 0.01, 1e-3, 1e-3, 1e-4]);
  });

  it('multi-step does not mind the order of milestones', () => {
    const schedule = multiStep({ milestones: [150, 100], gamma: 0.1, drops: 'as-described' });
    expectClose(rates(schedule, [99, 100, 150]), [0.1, 0.01, 0.001]);
  });

  it('multi-step takes a factor for each milestone: GAIRAT divides by 10, 100 and 200', () => {
    const settings = { milestones: [60, 90, 110], drops: 'as-described' } as const;
    const schedule = multiStep({ ...settings, gamma: [0.1, 0.1, 0.5] });
    expectClose(rates(schedule, [59, 60, 90, 109, 110]), [0.1, 0.01, 0.001, 0.001, 0.0005]);
    expect(() => multiStep({ ...settings, gamma: [0.1] })).to.throw('3 milestones and 1 gammas');
  });

  it('piecewise drops at fractions of any number of epochs, by the end of the step', () => {
    const schedule = piecewise({ boundaries: ['1/2', 0.75], gamma: 0.1 });
    expectClose(rates(schedule, [0, 99, 100, 150, 199]), [0.1, 0.1, 0.01, 0.001, 0.001]);
    expectClose(rates(schedule, [99], { step: 390 }), [0.01]);
    expectClose(rates(schedule, [0, 1, 2, 3], { epochs: 4, step: 0 }), [0.1, 0.1, 0.01, 0.001]);
  });

  it('cosine falls from the full rate to the minimum', () => {
    const schedule = cosine({ minimum: 0.01 });
    const late = { epochs: 10, stepsPerEpoch: 2 };
    expectClose(rates(schedule, [0, 5, 10], late), [0.1, 0.0505, 0.001]);
    expect(schedule.factor({ ...position, ...late, epoch: 3, step: 1 })).to.be.lessThan(
      schedule.factor({ ...position, ...late, epoch: 3, step: 0 }),
    );
  });

  it('every option of the plugin has a default and a meaning', async () => {
    for (const component of plugin.components) {
      for (const option of describeOptions(component.options)) {
        expect(option.default, `${component.id}.${option.name}`).not.to.equal(undefined);
        expect(option.meaning, `${component.id}.${option.name}`).not.to.equal('');
      }
      expect(await component.create(component.options.parse({}))).to.be.an('object');
    }
  });
});
