import { loadData } from '@ard/cli';
import type { BatchSource, Engine, LabelledImages, PartialConfig, TrainingEventMap } from '@ard/core';
import { createTrainingEvents, train, type TrainingState } from '@ard/core/host';
import { expect } from 'chai';
import { composePreset, partsOf, plainState } from '../support/composed-training.js';
import { methodPlugins } from '../support/method-plugins.js';
import { cpuEngine } from '../support/tiny-parts.js';

/** Held-out images are the strategy's to declare, and whatever trains never sees one of them. */

const classes = 4;
const perClass = 2;
const batchSize = 36;

/** 20 images of each class, of which at most a tenth may be held out. */
const small: PartialConfig = {
  dataset: { id: 'generated', options: { classes, size: 8, trainCount: 80, testCount: 10 } },
  attack: { options: { steps: 1 } },
  training: {
    epochs: 2,
    batchSize,
    augment: false,
    dataWorkers: 0,
    evaluateEvery: 0,
    checkpointMinutes: 0,
  },
};

const arms: readonly {
  readonly preset: string;
  readonly changes: PartialConfig;
  readonly from: 'first' | 'last';
}[] = [
  { preset: 'wat', changes: { strategy: { options: { validationPerClass: perClass } } }, from: 'last' },
  { preset: 'frl', changes: { strategy: { options: { validationPerClass: perClass } } }, from: 'last' },
  { preset: 'cfa', changes: { averaging: { options: { validationPerClass: perClass } } }, from: 'first' },
];

interface Seen {
  readonly state: TrainingState;
  readonly checkpoints: readonly TrainingState[];
  readonly epochs: readonly TrainingEventMap['epoch'][];
  /** Positions in the training split of the data set, in the order in which they were asked for. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/** Trains as `ard train` does, and writes down which images went where. */
async function watch(
  engine: Engine,
  { preset, changes }: (typeof arms)[number],
  seed: number,
  resumeFrom?: TrainingState,
): Promise<Seen> {
  const composition = await composePreset(methodPlugins, preset, [small, changes, { training: { seed } }]);
  const positions = positionsByContent(await composition.dataset.load('train'));
  const data = await loadData(composition);
  const [training, validation]: number[][] = [[], []];
  const recorded = (source: BatchSource, into: number[]): BatchSource => ({
    ...source,
    batch: async (epoch, step) => {
      const batch = await source.batch(epoch, step);
      const pixels = (await batch.images.read()) as Float32Array;
      const size = pixels.length / batch.ids.length;
      batch.ids.forEach((_, index) => {
        const position = positions.get(pixels.subarray(index * size, (index + 1) * size).join());
        into.push(position ?? expect.fail('an image that the data set does not have'));
      });
      return batch;
    },
  });
  const [events, epochs, checkpoints] = [
    createTrainingEvents(),
    [] as TrainingEventMap['epoch'][],
    [] as TrainingState[],
  ];
  events.on('epoch', (event) => epochs.push(event));
  const state = await train(
    {
      ...(await partsOf(composition, engine)),
      batches: recorded(data.batches, training!),
      validation: recorded(data.validation!, validation!),
    },
    composition.config.training.values,
    {
      events,
      ...(resumeFrom ? { resumeFrom } : {}),
      saveCheckpoint: (saved) => {
        checkpoints.push(saved);
        return Promise.resolve();
      },
    },
  );
  await data.close();
  return { state, checkpoints, epochs, training: training!, validation: validation! };
}

/** What a network is fed of every image of a split, as a key, and where the image lies. */
function positionsByContent({ images, count }: LabelledImages): ReadonlyMap<string, number> {
  const size = images.length / count;
  const key = (position: number): string =>
    Float32Array.from(images.subarray(position * size, (position + 1) * size), (byte) => byte / 255).join();
  const positions = new Map(Array.from({ length: count }, (_, position) => [key(position), position]));
  expect(positions.size, 'no two images alike').to.equal(count);
  return positions;
}

const distinct = (positions: readonly number[]): readonly number[] =>
  [...new Set(positions)].sort((one, other) => one - other);

describe('held-out images', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const arm of arms) {
    it(`of ${arm.preset} are the ${arm.from} of each class and never trained on, whatever the seed, also after resuming`, async () => {
      const { dataset } = await composePreset(methodPlugins, arm.preset, [small, arm.changes]);
      const { labels } = await dataset.load('train');
      const expected = Array.from({ length: classes }, (_, label) => {
        const own = [...labels.keys()].filter((position) => labels[position] === label);
        return arm.from === 'first' ? own.slice(0, perClass) : own.slice(-perClass);
      });
      const heldOut = distinct(expected.flat());
      const rest = [...labels.keys()].filter((position) => !heldOut.includes(position));

      const one = await watch(engine, arm, 1);
      const other = await watch(engine, arm, 2);
      for (const { training, validation, epochs } of [one, other]) {
        expect(distinct(validation)).to.deep.equal(heldOut);
        // every epoch all the others, each once
        expect(training).to.have.length(2 * rest.length);
        for (const epoch of [0, 1]) {
          expect(distinct(training.slice(epoch * rest.length, (epoch + 1) * rest.length))).to.deep.equal(
            rest,
          );
        }
        expect(epochs.at(-1)!.validation!.counts).to.deep.equal(new Array(classes).fill(perClass));
      }
      expect(one.training).not.to.deep.equal(other.training);

      const middle = one.checkpoints.find(({ progress }) => progress.epoch === 1 && progress.step === 1)!;
      const resumed = await watch(engine, arm, 1, middle);
      expect(distinct(resumed.validation)).to.deep.equal(heldOut);
      expect(resumed.training).to.deep.equal(one.training.slice(rest.length + batchSize));
      expect(resumed.epochs.at(-1)!.validation).to.deep.equal(one.epochs.at(-1)!.validation);
      expect(await plainState(resumed.state)).to.deep.equal(await plainState(one.state));
    });
  }
});
