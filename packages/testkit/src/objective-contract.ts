import type { Engine, HostArray, Objective, Reference } from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { expectNoLeak, suite, withEngine, type ContractRow } from './support/contract.js';
import { extremeLogits, spacedLogits } from './support/logits.js';
import { onlyDeclared } from './support/only-declared.js';
import {
  allToHost,
  expectClose,
  expectFinite,
  expectSame,
  floats,
  integers,
  isZero,
  rowsOfAll,
  runOnce,
} from './support/values.js';

/** An objective under test. */
export interface ObjectiveRow extends ContractRow {
  create(): Objective | Promise<Objective>;
  /** 5 unless told otherwise; some losses need at least 4. */
  readonly classes?: number;
}

const knownReferences: readonly Reference[] = [
  'teacherCleanLogits',
  'studentCleanLogits',
  'teacherIterateLogits',
];

/** `logits`, `labels` and one entry per reference. */
type Inputs = Readonly<Record<'logits' | 'labels' | Reference, HostArray>>;

/** Declares the tests that every objective must pass. */
export function objectiveContract(row: ObjectiveRow): void {
  const classes = row.classes ?? 5;
  const ordinary = inputsOf((seed) => spacedLogits(6, classes, seed), classes);

  const test = (body: (subject: { objective: Objective; evaluate: Evaluate }) => Promise<void>) => () =>
    withEngine(row, async (engine) => {
      const objective = await row.create();
      await body({ objective, evaluate: (inputs) => evaluateOn(engine, objective, classes, inputs) });
    });

  suite(row, 'objective', (it) => {
    it('declares references that exist', async () => {
      const { references } = await row.create();
      expect(knownReferences).to.include.members([...references]);
      expect(new Set(references).size, 'distinct references').to.equal(references.length);
    });

    it(
      'gives one finite value per example, whatever the batch',
      test(async ({ evaluate }) => {
        for (const indices of [[0, 1, 2, 3, 4, 5], [4]]) {
          const { perExampleLoss } = await evaluate(rowsOfAll(ordinary, indices));
          expect(perExampleLoss.shape).to.deep.equal([indices.length]);
          expect(perExampleLoss.dtype).to.equal('float32');
          expectFinite(perExampleLoss, 'perExampleLoss');
        }
      }),
    );

    it(
      'treats examples independently of each other',
      test(async ({ evaluate }) => {
        const { perExampleLoss, gradient } = await evaluate(ordinary);
        for (const indices of [[3], [5, 0, 2]]) {
          const part = await evaluate(rowsOfAll(ordinary, indices));
          const expected = rowsOfAll({ perExampleLoss, gradient }, indices);
          expectClose(part.perExampleLoss, expected.perExampleLoss, 1e-6, `losses of ${indices.join(', ')}`);
          expectClose(part.gradient, expected.gradient, 1e-6, `gradients of ${indices.join(', ')}`);
        }
      }),
    );

    it(
      'has the gradient that finite differences have',
      test(async ({ objective, evaluate }) => {
        const { gradient, iterateGradient } = await evaluate(ordinary);
        await expectDifferences(evaluate, ordinary, 'logits', gradient);
        if (objective.references.includes('teacherIterateLogits')) {
          await expectDifferences(evaluate, ordinary, 'teacherIterateLogits', iterateGradient!);
        }
      }),
    );

    it(
      'has a gradient that is not zero everywhere',
      test(async ({ evaluate }) => {
        expect(isZero((await evaluate(ordinary)).gradient), 'gradient is zero').to.be.false;
      }),
    );

    it(
      'stays finite, gradient included, for ties and logits of ±50',
      test(async ({ evaluate }) => {
        const extreme = extremeLogits(classes);
        // each case meets each reference case: the references are shifted by some rows
        for (let shift = 0; shift < extreme.shape[0]!; shift++) {
          const result = await evaluate(
            inputsOf((seed) => (seed === 0 ? extreme : shifted(extreme, shift)), classes),
          );
          expectFinite(result.perExampleLoss, `perExampleLoss, references shifted by ${shift}`);
          expectFinite(result.gradient, `gradient, references shifted by ${shift}`);
          if (result.iterateGradient)
            expectFinite(result.iterateGradient, 'gradient in teacherIterateLogits');
        }
      }),
    );

    it(
      'repeats itself, and leaves no tensor behind',
      test(async ({ evaluate }) => {
        const first = await evaluate(ordinary);
        expectSame((await evaluate(ordinary)).perExampleLoss, first.perExampleLoss, 'second evaluation');
        await expectNoLeak(() => evaluate(ordinary));
      }),
    );
  });
}

type Evaluate = (inputs: Inputs) => Promise<Evaluation>;

interface Evaluation {
  readonly perExampleLoss: HostArray;
  /** With respect to the logits of the attacked network. */
  readonly gradient: HostArray;
  /** With respect to `teacherIterateLogits`, where the objective uses them. */
  readonly iterateGradient?: HostArray;
}

async function evaluateOn(engine: Engine, objective: Objective, classes: number, inputs: Inputs) {
  const outputs = await runOnce(
    engine,
    'objective',
    (tensors: Readonly<Record<keyof Inputs, tf.Tensor>>) => {
      const { logits, labels, ...references } = tensors;
      const withRespectTo: Record<string, tf.Tensor> = { gradient: logits };
      if (objective.references.includes('teacherIterateLogits')) {
        withRespectTo.iterateGradient = references.teacherIterateLogits;
      }
      const { value, gradients } = valueAndGradients(
        () => ({
          value: objective.perExampleLoss({
            logits: logits as tf.Tensor2D,
            labels: labels as tf.Tensor1D,
            oneHotLabels: tf.oneHot(labels, classes) as tf.Tensor2D,
            references: onlyDeclared(references, objective.references, 'references'),
          }),
          auxiliary: {},
        }),
        withRespectTo,
      );
      return { perExampleLoss: value, ...gradients } as Record<string, tf.Tensor>;
    },
    inputs,
  );
  return (await allToHost(outputs)) as unknown as Evaluation;
}

function inputsOf(logits: (seed: number) => HostArray, classes: number): Inputs {
  const first = logits(0);
  return {
    logits: first,
    labels: integers(Array.from({ length: first.shape[0]! }, (_, index) => (index + 1) % classes)),
    teacherCleanLogits: logits(1),
    studentCleanLogits: logits(2),
    teacherIterateLogits: logits(3),
  };
}

/** Central differences, one class at a time for all examples at once. */
async function expectDifferences(
  evaluate: Evaluate,
  inputs: Inputs,
  name: 'logits' | 'teacherIterateLogits',
  gradient: HostArray,
): Promise<void> {
  const step = 1 / 64;
  const { data, shape } = inputs[name];
  const classes = shape[1]!;
  const moved = async (column: number, by: number): Promise<HostArray> => {
    const values = Float32Array.from(data, (value, index) =>
      index % classes === column ? value + by : value,
    );
    return (await evaluate({ ...inputs, [name]: floats(values, shape) })).perExampleLoss;
  };
  for (let column = 0; column < classes; column++) {
    const [above, below] = [await moved(column, step), await moved(column, -step)];
    for (let example = 0; example < shape[0]!; example++) {
      const difference = (above.data[example]! - below.data[example]!) / (2 * step);
      const got = gradient.data[example * classes + column]!;
      expect(got, `gradient of example ${example} in ${name}[${column}]`).to.be.closeTo(
        difference,
        2e-3 * Math.max(1, Math.abs(difference)),
      );
    }
  }
}

function shifted(array: HostArray, by: number): HostArray {
  const count = array.shape[0]!;
  const indices = Array.from({ length: count }, (_, index) => (index + by) % count);
  return rowsOfAll({ array }, indices).array;
}
