import {
  randomStream,
  type DifficultyEstimator,
  type Engine,
  type EpochSums,
  type HostArray,
} from '@ard/core';
import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import {
  examplesOf,
  lossScene,
  tracedLossInputs,
  type LossScene,
  type TracedLossScene,
} from './subjects/loss-scene.js';
import { expectNoLeak, suite, withEngine, type ContractRow } from './support/contract.js';
import { deepFreeze } from './support/deep-freeze.js';
import { allToHost, expectClose, expectFinite, expectSame, rows, runOnce } from './support/values.js';

/** An estimator under test. */
export interface EstimatorRow extends ContractRow {
  create(): DifficultyEstimator | Promise<DifficultyEstimator>;
  /** 4 unless told otherwise. */
  readonly classes?: number;
  /** Whether the columns of a value stand for classes, and so change places with them. */
  readonly columnsAreClasses?: boolean;
}

/** Declares the tests that every difficulty estimator must pass. */
export function estimatorContract(row: EstimatorRow): void {
  const classes = row.classes ?? 4;
  const test = (body: (subject: Subject) => Promise<void>) => () =>
    withEngine(row, async (engine) => body(await subjectOf(await row.create(), engine, classes)));

  suite(row, 'estimator', (it) => {
    it(
      'gives one finite value per example, or one per column',
      test(async ({ scene, evaluate }) => {
        const values = await evaluate(scene);
        expect(values.shape.length, 'rank').to.be.within(1, 2);
        expect(values.shape[0], 'batch').to.equal(scene.perExample.labels.shape[0]);
        expect(values.dtype).to.equal('float32');
        expectFinite(values, 'values');
      }),
    );

    it(
      'knows no order of examples, and of each example nothing but itself',
      test(async ({ scene, evaluate }) => {
        const values = await evaluate(scene);
        for (const indices of [[3, 0, 5, 8, 1, 7, 2, 6, 4], [4], [7, 2, 3]]) {
          const part = await evaluate(examplesOf(scene, indices));
          expectClose(part, rows(values, indices), 1e-5, `examples ${indices.join(', ')}`);
        }
      }),
    );

    it(
      'repeats itself, and leaves no tensor behind',
      test(async ({ scene, evaluate }) => {
        expectSame(await evaluate(scene), await evaluate(scene), 'second evaluation');
        await expectNoLeak(() => evaluate(scene));
      }),
    );

    it(
      'summarises an epoch as one number per class, and says which end is hard',
      test(async ({ estimator, sums }) => {
        for (const counts of [evenCounts(classes), unevenCounts(classes)]) {
          const { values, harder } = estimator.summarise(sums(counts));
          expect(values.length, 'values').to.equal(classes);
          values.forEach(
            (value, index) => expect(Number.isFinite(value), `value ${value} of class ${index}`).to.be.true,
          );
          expect(harder).to.be.oneOf(['lower', 'higher']);
        }
        return Promise.resolve();
      }),
    );

    it(
      'bears classes without examples: theirs alone may be NaN',
      test(async ({ estimator, sums }) => {
        for (const absent of [[0], [classes - 1], [0, 1]]) {
          const counts = unevenCounts(classes).map((count, index) => (absent.includes(index) ? 0 : count));
          const { values } = estimator.summarise(sums(counts));
          expect(values.length, 'values').to.equal(classes);
          values.forEach((value, index) => {
            const fine = Number.isFinite(value) || (absent.includes(index) && Number.isNaN(value));
            expect(fine, `value ${value} of class ${index}`).to.be.true;
          });
        }
        return Promise.resolve();
      }),
    );

    it(
      'treats all classes alike',
      test(async ({ estimator, sums }) => {
        const epoch = sums(unevenCounts(classes));
        const turned = <Value>(list: readonly Value[]): Value[] => [...list.slice(1), list[0]!];
        const expected = turned(estimator.summarise(epoch).values);
        const turnedSums = turned(epoch.sums).map((values) =>
          row.columnsAreClasses ? turned(values) : values,
        );
        const { values } = estimator.summarise({ sums: turnedSums, counts: turned(epoch.counts) });
        values.forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-9));
        return Promise.resolve();
      }),
    );

    it(
      'summarises as a pure function of plain data',
      test(async ({ estimator, sums }) => {
        const epoch = deepFreeze(sums(unevenCounts(classes)));
        const first = estimator.summarise(epoch);
        estimator.summarise(sums(evenCounts(classes)));
        expect(estimator.summarise(epoch), 'second summary').to.deep.equal(first);
        const restored = JSON.parse(JSON.stringify(epoch)) as EpochSums;
        expect(estimator.summarise(restored), 'summary after a resume').to.deep.equal(first);
        expect(JSON.parse(JSON.stringify(first)), 'the summary as JSON').to.deep.equal(first);
        return Promise.resolve();
      }),
    );
  });
}

interface Subject {
  readonly estimator: DifficultyEstimator;
  readonly scene: LossScene;
  evaluate(scene: LossScene): Promise<HostArray>;
  /** Sums as an epoch with these counts would leave them. */
  sums(counts: readonly number[]): EpochSums;
}

async function subjectOf(estimator: DifficultyEstimator, engine: Engine, classes: number): Promise<Subject> {
  const { needs, trajectory } = estimator;
  const scene = await lossScene(engine, { classes, needs, trajectory });
  const evaluate = async (given: LossScene): Promise<HostArray> => {
    const outputs = await runOnce(
      engine,
      'estimator',
      (traced: TracedLossScene) => ({
        values: estimator.perExample(tracedLossInputs(traced, estimator, classes)) as tf.Tensor,
      }),
      given as never,
    );
    return (await allToHost(outputs)).values;
  };
  const observed = await evaluate(scene);
  return {
    estimator,
    scene,
    evaluate,
    sums: (counts) => {
      const columns = observed.shape[1] ?? 1;
      const noise = randomStream(41).uniform(classes * columns, 0.5, 1);
      // as large as the values of one example, times the number of examples
      const sums = counts.map((count, k) =>
        Array.from({ length: columns }, (_, column) => {
          const typical = Math.abs(observed.data[column]!) || 1;
          return count * typical * noise[k * columns + column]!;
        }),
      );
      return { sums, counts };
    },
  };
}

function evenCounts(classes: number): number[] {
  return Array.from({ length: classes }, () => 20);
}

function unevenCounts(classes: number): number[] {
  return Array.from({ length: classes }, (_, index) => 5 + 3 * index);
}
