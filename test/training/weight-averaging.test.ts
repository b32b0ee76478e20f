import type { Engine, Variables } from '@ard/core';
import { trainedStudent, type TrainingState } from '@ard/core/host';
import fairCfa from '@ard/plugin-fair-cfa';
import weightAveraging from '@ard/plugin-weight-averaging';
import { expect } from 'chai';
import { cpuEngine } from '../support/tiny-parts.js';
import { everything, partsOf, run, values } from '../support/fair-parts.js';
import { makeComponent } from '../support/make-component.js';

describe('weight averaging', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  it('blends every step, evaluates the average and leaves training alone', async () => {
    const averaging = await makeComponent(weightAveraging, 'averaging', 'ema', { decay: 0.5 });
    const visited: TrainingState[] = [];
    let evaluated: Variables | undefined;
    const averaged = await run(await partsOf(engine, 'pgd-at', { averaging }), 1, {
      saveCheckpoint: (state) => {
        visited.push(state);
        return Promise.resolve();
      },
      evaluate: (student) => {
        evaluated = student;
        return Promise.resolve(undefined as never);
      },
    });
    const plain = await run(await partsOf(engine, 'pgd-at'), 1);
    expect(await values(averaged.state.student.parameters)).to.deep.equal(
      await values(plain.state.student.parameters),
    );
    const weights = await Promise.all(visited.map(async ({ student }) => values(student.parameters)));
    const [first, second, third] = weights.map((each) => each['fc.bias']!);
    const average = (await values(trainedStudent(averaged.state).parameters))['fc.bias']!;
    average.forEach((value, index) =>
      expect(value).to.be.closeTo(
        0.25 * first![index]! + 0.25 * second![index]! + 0.5 * third![index]!,
        1e-6,
      ),
    );
    expect(evaluated).to.equal(averaged.state.average);
    const counts = await values(averaged.state.average!.statistics);
    expect(counts['bn1.num_batches_tracked']).to.deep.equal(
      (await values(averaged.state.student.statistics))['bn1.num_batches_tracked'],
    );
  });

  it('of FAWA skips epochs whose worst class is not robust enough, and resumes exactly', async () => {
    const averaging = await makeComponent(fairCfa, 'averaging', 'fawa', { threshold: 1 });
    const untrained = { averaging, schedule: { factor: () => 0 } };
    const never = await run(await partsOf(engine, 'trades', untrained), 2);
    expect(never.state.average).to.equal(undefined);
    const always = await makeComponent(fairCfa, 'averaging', 'fawa', { threshold: 0 });
    const checkpoints: TrainingState[] = [];
    const whole = await run(await partsOf(engine, 'trades', { averaging: always }), 2, {
      saveCheckpoint: (state) => {
        checkpoints.push(state);
        return Promise.resolve();
      },
    });
    expect(whole.finished.map(({ averageUpdates }) => averageUpdates)).to.deep.equal([1, 2]);
    const rest = await run(await partsOf(engine, 'trades', { averaging: always }), 2, {
      resumeFrom: checkpoints.at(-2)!,
    });
    expect(await everything(rest.state)).to.deep.equal(await everything(whole.state));
  });
});
