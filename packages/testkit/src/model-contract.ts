import { randomStream, type Engine, type HostArray, type Mode, type Model, type Variables } from '@ard/core';
import { valueAndGradients } from '@ard/core/host';
import { crossEntropy } from '@ard/nn';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { disturbed } from './subjects/small-network.js';
import { expectNoLeak, suite, withEngine, type ContractRow } from './support/contract.js';
import {
  allToHost,
  expectClose,
  expectFinite,
  expectSame,
  floats,
  integers,
  isSame,
  isZero,
  rows,
  runOnce,
} from './support/values.js';

/** A model under test: an architecture built for images as small as it can take. */
export interface ModelRow extends ContractRow {
  create(): Model | Promise<Model>;
  /** A second engine that must compute the same. */
  readonly otherEngine?: ContractRow['engine'];
  /** Allowed difference between the engines, relative for values above 1; 1e-3 unless told otherwise. */
  readonly engineTolerance?: number;
}

interface Subject {
  readonly model: Model;
  readonly engine: Engine;
  /** Near the initial values, none of them 0. */
  readonly variables: Variables;
  /** `[3, height, width, channels]` */
  readonly images: HostArray;
  readonly labels: HostArray;
}

/** Declares the tests that every model must pass. */
export function modelContract(row: ModelRow): void {
  const test = (body: (subject: Subject) => Promise<void>) => () =>
    withEngine(row, async (engine) => body(await subjectOf(row, engine)));

  suite(row, 'model', (it) => {
    it('names its variables once, with their kind and storage', async () => {
      const { name, shape, classes, variables } = await row.create();
      expect(name).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const extent of [shape.height, shape.width, shape.channels, classes])
        expect(extent).to.be.at.least(1);
      expect(new Set(variables.map((spec) => spec.name)).size, 'distinct names').to.equal(variables.length);
      for (const { name, shape, kind, storage } of variables) {
        expect(kind, `kind of ${name}`).to.be.oneOf(['parameter', 'statistic']);
        const counter = name.endsWith('num_batches_tracked');
        expect(storage, `storage of ${name}`).to.equal(counter ? 'int64' : 'float32');
        for (const extent of shape) expect(extent, `extent of ${name}`).to.be.at.least(1);
      }
    });

    it('initialises exactly the variables it names, in their order', async () => {
      const model = await row.create();
      const { parameters, statistics } = model.init(randomStream(0));
      for (const [kind, arrays] of [
        ['parameter', parameters],
        ['statistic', statistics],
      ] as const) {
        const specs = model.variables.filter((spec) => spec.kind === kind);
        expect(Object.keys(arrays), `${kind}s`).to.deep.equal(specs.map((spec) => spec.name));
        for (const { name, shape } of specs) {
          expect(arrays[name]!.shape, `shape of ${name}`).to.deep.equal(shape);
          expect(arrays[name]!.dtype, `type of ${name}`).to.equal('float32');
        }
        Object.entries(await allToHost(arrays)).forEach(([name, array]) => expectFinite(array, name));
      }
    });

    it('initialises the same for one seed and other values for another', async () => {
      const model = await row.create();
      const [first, again, other] = await Promise.all(
        [5, 5, 6].map((seed) => allToHost(model.init(randomStream(seed)).parameters)),
      );
      for (const [name, array] of Object.entries(first!)) expectSame(again![name]!, array, name);
      const same = Object.entries(first!).every(([name, array]) => isSame(other![name]!, array));
      expect(same, 'another seed gives the same parameters').to.be.false;
    });

    it(
      'gives logits for every class and batch size',
      test(async (subject) => {
        for (const mode of ['eval', 'train'] as const) {
          const { logits } = await forward(subject, mode);
          expect(logits.shape, mode).to.deep.equal([3, subject.model.classes]);
          expectFinite(logits, `logits in ${mode} mode`);
        }
        const single = await forward({ ...subject, images: rows(subject.images, [1]) }, 'eval');
        expect(single.logits.shape).to.deep.equal([1, subject.model.classes]);
      }),
    );

    it(
      'leaves statistics untouched in eval mode',
      test(async (subject) => {
        const { statistics } = await forward(subject, 'eval');
        const given = await allToHost(subject.variables.statistics);
        expect(Object.keys(statistics)).to.have.members(Object.keys(given));
        for (const [name, array] of Object.entries(given)) expectSame(statistics[name]!, array, name);
      }),
    );

    it(
      'returns every statistic updated in train mode',
      test(async (subject) => {
        const { statistics } = await forward(subject, 'train');
        const given = await allToHost(subject.variables.statistics);
        expect(Object.keys(statistics)).to.have.members(Object.keys(given));
        for (const [name, array] of Object.entries(given)) {
          expect(statistics[name]!.shape, `shape of ${name}`).to.deep.equal(array.shape);
          expectFinite(statistics[name]!, name);
          expect(isSame(statistics[name]!, array), `${name} is what it was`).to.be.false;
        }
      }),
    );

    it(
      'gives an image the same logits in every batch in eval mode',
      test(async (subject) => {
        const whole = await forward(subject, 'eval');
        for (const indices of [[2], [1, 0]]) {
          const part = await forward({ ...subject, images: rows(subject.images, indices) }, 'eval');
          expectClose(
            part.logits,
            rows(whole.logits, indices),
            1e-5,
            `logits of images ${indices.join(', ')}`,
          );
        }
      }),
    );

    it(
      'passes a gradient to every parameter and to the image',
      test(async (subject) => {
        const gradients = await gradientsOf(subject);
        for (const [name, array] of Object.entries(gradients)) {
          expectFinite(array, `gradient of ${name}`);
          expect(isZero(array), `gradient of ${name} is zero`).to.be.false;
        }
      }),
    );

    it(
      'repeats itself, and leaves no tensor behind',
      test(async (subject) => {
        const first = await forward(subject, 'eval');
        expectSame((await forward(subject, 'eval')).logits, first.logits, 'second pass');
        await expectNoLeak(() => forward(subject, 'train'));
      }),
    );

    if (row.otherEngine) {
      it(
        'computes the same on the other engine',
        test(async (subject) =>
          withEngine({ engine: row.otherEngine }, async (engine) => {
            const tolerance = row.engineTolerance ?? 1e-3;
            const other = { ...subject, engine };
            for (const mode of ['eval', 'train'] as const) {
              const [here, there] = [await forward(subject, mode), await forward(other, mode)];
              expectClose(there.logits, here.logits, tolerance, `logits in ${mode} mode`);
              for (const [name, array] of Object.entries(here.statistics)) {
                expectClose(there.statistics[name]!, array, tolerance, name);
              }
            }
            const [here, there] = [await gradientsOf(subject), await gradientsOf(other)];
            for (const [name, array] of Object.entries(here)) {
              expectClose(there[name]!, array, tolerance, `gradient of ${name}`);
            }
          }),
        ),
      );
    }
  });
}

async function subjectOf(row: ModelRow, engine: Engine): Promise<Subject> {
  const model = await row.create();
  const { height, width, channels } = model.shape;
  const shape = [3, height, width, channels];
  return {
    model,
    engine,
    variables: disturbed(model.init(randomStream(1))),
    images: floats(randomStream(9).uniform(3 * height * width * channels), shape),
    labels: integers([0, model.classes - 1, 0]),
  };
}

async function forward(
  { model, engine, variables, images }: Subject,
  mode: Mode,
): Promise<{ logits: HostArray; statistics: Record<string, HostArray> }> {
  const outputs = await runOnce(
    engine,
    `${model.name} ${mode}`,
    (inputs: { parameters: Tensors; statistics: Tensors; images: tf.Tensor4D }) => {
      const { parameters, statistics } = inputs;
      const { logits, statistics: left } = model.apply({ parameters, statistics }, inputs.images, mode);
      return { logits, statistics: left };
    },
    { parameters: variables.parameters, statistics: variables.statistics, images },
  );
  const { logits } = await allToHost({ logits: outputs.logits });
  return { logits, statistics: await allToHost(outputs.statistics) };
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** Of the mean cross-entropy in eval mode, where a bias before batch norm still matters. */
async function gradientsOf({
  model,
  engine,
  variables,
  images,
  labels,
}: Subject): Promise<Record<string, HostArray>> {
  const gradients = await runOnce(
    engine,
    `${model.name} gradients`,
    (inputs: { parameters: Tensors; statistics: Tensors; images: tf.Tensor4D; labels: tf.Tensor1D }) => {
      const { parameters, statistics } = inputs;
      const oneHotLabels = tf.oneHot(inputs.labels, model.classes) as tf.Tensor2D;
      return valueAndGradients(
        () => {
          const { logits } = model.apply({ parameters, statistics }, inputs.images, 'eval');
          return { value: tf.mean(crossEntropy(logits, oneHotLabels)), auxiliary: {} };
        },
        { ...parameters, 'the image': inputs.images },
      ).gradients;
    },
    { parameters: variables.parameters, statistics: variables.statistics, images, labels },
  );
  return allToHost(gradients);
}
