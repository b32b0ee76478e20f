import { expect } from 'chai';
import type { EpochFinished } from '@ard/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '../support/shared-data.js';
import { runCli, temporaryFolder } from './cli-process.js';

/** The main job on real photographs, short: does training do what Fair-RSLAD says it does? */
describe('Fair-RSLAD on CIFAR-10', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let epochs: readonly EpochFinished[];
  let output: string;

  before(async function () {
    const images = sharedData('cifar-10-batches-bin');
    const teacher = sharedData('checkpoints/cifar10-resnet4b-robust.safetensors');
    if (images === undefined || teacher === undefined) {
      console.log('      no ../shared/data: the real-data test cannot run here');
      return this.skip();
    }
    folder = await temporaryFolder();
    const { code, stdout, stderr } = await runCli(
      [
        ...['train', '--plugin', 'fair-geometric', '--dataset', 'cifar10', '--data-dir', images],
        ...['--teacher', `resnet-plain:4b:${teacher}`, '--student', 'small-cnn', '--set', 'schedule=cosine'],
        ...['--train-samples', '2000', '--test-samples', '500', '--epochs', '4', '--batch-size', '64'],
        ...['--set', 'optimizer.learningRate=0.2', '--set', 'training.augment=false', '--name', 'cifar'],
      ],
      folder.path,
    );
    expect(code, stderr).to.equal(0);
    output = stdout;
    epochs = readFileSync(join(folder.path, 'runs', 'cifar', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as EpochFinished & { event: string })
      .filter(({ event }) => event === 'epoch');
  });
  after(() => folder?.remove());

  it('says how many records it found, in a folder that holds only part of the test images', () => {
    expect(output).to.contain('50,000 records in 5 files');
    expect(output).to.contain('1,000 records in test_batch_first1000.bin');
  });

  it('trains on as many images of every class', () => {
    expect(epochs[0]!.training.counts).to.deep.equal(new Array(10).fill(200));
  });

  it('learns: the loss falls, and robust accuracy is above chance', () => {
    // before class weights: weighted losses of epochs with different weights cannot be compared
    const losses = epochs.map(({ training }) => training.meanLoss.reduce((sum, loss) => sum + loss, 0) / 10);
    expect(losses.at(-1)).to.be.lessThan(0.95 * losses[0]!);
    // chance is 0.1; three standard errors of 500 images are 0.04
    expect(epochs.at(-1)!.evaluation!.robustAccuracy).to.be.greaterThan(0.14);
    expect(epochs.at(-1)!.evaluation!.cleanAccuracy).to.be.greaterThan(
      epochs.at(-1)!.evaluation!.robustAccuracy,
    );
  });

  it('finds classes of different difficulty', () => {
    const { values, harder } = epochs.at(-1)!.difficulty!;
    expect(harder).to.equal('lower');
    expect(Math.max(...values) - Math.min(...values)).to.be.greaterThan(1);
    for (const value of values) expect(value).to.be.within(0, 10);
  });

  it('weighs classes by the kappa of the epoch before', () => {
    expect(epochs[0]!.knobs.lossWeight).to.deep.equal(new Array(10).fill(1));
    for (const [index, { difficulty, nextKnobs }] of epochs.entries()) {
      // methods.md 2.3, written out once more
      const raw = difficulty!.values.map((kappa) => (1 / (kappa + 1e-5)) ** 2);
      const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length;
      const expected = raw.map((value) => Math.min(Math.max(value / mean, 5 / 6), 5 / 2));
      nextKnobs.lossWeight.forEach((weight, classIndex) =>
        expect(weight).to.be.closeTo(expected[classIndex]!, 1e-9),
      );
      if (index > 0) expect(epochs[index]!.knobs).to.deep.equal(epochs[index - 1]!.nextKnobs);
    }
  });
});
