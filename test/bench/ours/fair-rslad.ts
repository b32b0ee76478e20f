import { randomStream, type Batch, type BatchSource, type Engine, type Model } from '@ard/core';
import { createTrainingEvents, train, type Composition, type TrainingParts } from '@ard/core/host';
import attacks from '@ard/plugin-attack-gradient';
import datasets from '@ard/plugin-datasets-generated';
import tfjs from '@ard/plugin-engine-tfjs';
import geometric from '@ard/plugin-fair-geometric';
import rslad from '@ard/plugin-method-rslad';
import cnns from '@ard/plugin-models-small-cnn';
import sgd from '@ard/plugin-optim-sgd';
import { composePreset } from '../../support/composed-training.js';

/** What `--plugin fair-geometric` composes; the student and the teacher that it names are not used. */
export function composeFairRslad(): Promise<Composition> {
  return composePreset([geometric, rslad, attacks, sgd, cnns, datasets, tfjs], 'fair-rslad');
}

/**
 * The trainer of `ard train --plugin fair-geometric`, made to wait before each batch: teacher, inner attack with
 * kappa, two passes, update and everything around them.
 *
 * @returns runs one step
 */
export function fairRsladStep(
  composition: Composition,
  engine: Engine,
  model: Model,
  batch: Batch,
): () => Promise<void> {
  const random = randomStream(0);
  const gate = stepGate();
  const batches: BatchSource = {
    count: 2 ** 31,
    stepsPerEpoch: 2 ** 31,
    classCounts: new Array<number>(model.classes).fill(2 ** 31 / model.classes),
    batch: async () => {
      await gate.opened();
      return batch;
    },
  };
  const parts: TrainingParts = {
    ...composition,
    engine,
    student: model,
    teachers: { teacher: { model, variables: model.init(randomStream(1)) } },
    batches,
    classNames: Array.from({ length: model.classes }, (_, index) => String(index)),
    random,
  };
  const events = createTrainingEvents();
  events.on('step', () => gate.done());
  let training: Promise<unknown> | undefined;
  return async () => {
    // checkpoints and evaluations lie beyond the steps that are run
    const options = { ...composition.config.training.values, checkpointMinutes: 2 ** 31 };
    training ??= train(parts, options, { events });
    await Promise.race([gate.passOne(), training]);
  };
}

/** Lets a waiting caller through, one at a time. */
function stepGate(): { opened(): Promise<void>; passOne(): Promise<void>; done(): void } {
  let open: (() => void) | undefined;
  let wanted = false;
  let finish: (() => void) | undefined;
  return {
    opened: () =>
      new Promise((resolve) => {
        if (wanted) resolve();
        else open = resolve;
        wanted = false;
      }),
    passOne: () =>
      new Promise((resolve) => {
        finish = resolve;
        if (open) open();
        else wanted = true;
        open = undefined;
      }),
    done: () => finish?.(),
  };
}
