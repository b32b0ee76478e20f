import type { TrainingEventMap } from '@ard/core';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, temporaryFolder } from './cli-process.js';

/** The log of a training from the command line shows what its plugin is for. One short training each. */

type Epoch = TrainingEventMap['epoch'];

/** Four classes of generated images, 8 x 8; classes are unequally hard. */
const small = [
  ...['--student', 'small-cnn', '--set', 'student.widths=[4, 8]'],
  ...['--dataset', 'generated', '--set', 'dataset.classes=4', '--set', 'dataset.size=8'],
  ...['--set', 'dataset.trainCount=160', '--set', 'dataset.testCount=20', '--batch-size', '40'],
  ...['--epochs', '6', '--set', 'attack.steps=2', '--set', 'evaluation.attacks=[fgsm]'],
  ...['--set', 'optimizer.learningRate=0.05', '--set', 'schedule=constant'],
];

const positionOf = (values: readonly number[], value: number): number => values.indexOf(value);
const largest = (values: readonly number[]): number => positionOf(values, Math.max(...values));
const smallest = (values: readonly number[]): number => positionOf(values, Math.min(...values));
const allOne = [1, 1, 1, 1];

describe('mechanisms in the log of the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    plain = await epochsOf('plain', '--plugin', 'fair-fat', '--set', 'strategy.alpha=0');
  });
  after(() => folder.remove());

  /** PGD adversarial training, which also logs the variance of class risks; teacher of the others. */
  let plain: readonly Epoch[];

  async function epochsOf(name: string, ...args: readonly string[]): Promise<readonly Epoch[]> {
    const { code, stderr } = await runCli(['train', ...args, '--name', name, ...small], folder.path);
    expect(code, stderr).to.equal(0);
    const lines = readFileSync(join(folder.path, 'runs', name, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const events = lines.map((line) => JSON.parse(line) as Epoch & { readonly event: string });
    const epochs = events.filter(({ event }) => event === 'epoch');
    expect(epochs).to.have.length(6);
    // what an epoch ends with is what the next one trains with
    epochs.slice(1).forEach(({ knobs }, index) => expect(knobs).to.deep.equal(epochs[index]!.nextKnobs));
    return epochs;
  }

  const varianceOf = (epochs: readonly Epoch[]): number =>
    epochs.slice(-3).reduce((sum, { terms }) => sum + terms.classVariance!, 0) / 3;

  it('fair-fat: the variance of class risks is less than half of what it is without it', async () => {
    const fair = await epochsOf('fat', '--plugin', 'fair-fat', '--set', 'strategy.alpha=2');
    expect(varianceOf(fair)).to.be.lessThan(0.5 * varianceOf(plain));
    // by smaller differences, not by learning nothing
    expect(fair.at(-1)!.terms.adversarial).to.be.lessThan(0.7 * fair[0]!.terms.adversarial!);
  });

  it('fair-wat: the weight of the class that costs most on held-out images rises', async () => {
    const epochs = await epochsOf('wat', '--plugin', 'fair-wat', '--set', 'strategy.rate=1');
    const share = (weights: readonly number[], label: number): number =>
      weights[label]! / weights.reduce((sum, weight) => sum + weight, 0);
    const { strategyState, nextKnobs } = epochs.at(-1)!;
    const { cumulative } = strategyState as { cumulative: number[] };
    const worst = largest(cumulative.slice(0, 4));
    expect(largest(nextKnobs.lossWeight)).to.equal(worst);
    expect(share(epochs[0]!.knobs.lossWeight, worst)).to.equal(1 / 4);
    expect(share(nextKnobs.lossWeight, worst)).to.be.greaterThan(1 / 4);
  });

  it('fair-cfa: the epsilon of a hard class falls, and follows its robust accuracy', async () => {
    const epochs = await epochsOf('cfa', '--plugin', 'fair-cfa', '--set', 'strategy.begin=1');
    expect(epochs[0]!.knobs.epsilon).to.deep.equal(allOne);
    const hard = smallest(epochs[0]!.training.robustAccuracy);
    expect(epochs[1]!.knobs.epsilon[hard]).to.be.lessThan(1);
    for (const { training, nextKnobs } of epochs) {
      nextKnobs.epsilon.forEach((factor, label) =>
        expect(factor).to.be.closeTo(0.5 + training.robustAccuracy[label]!, 1e-12),
      );
    }
    expect(new Set(epochs.map(({ nextKnobs }) => nextKnobs.epsilon[hard])).size).to.be.greaterThan(1);
  });

  it('fair-frl: classes with more clean error than the average get more of the clean loss', async () => {
    const start = ['--set', 'student.checkpoint=runs/plain'];
    const epochs = await epochsOf('frl', '--plugin', 'fair-frl', ...start);
    for (const { strategyState, nextKnobs } of epochs) {
      const { clean } = strategyState as { clean: number[] };
      expect(Math.min(...clean)).to.be.at.least(0);
      if (Math.max(...clean) === Math.min(...clean)) continue;
      expect(largest(nextKnobs.cleanWeight)).to.equal(largest(clean));
    }
    expect(epochs.some(({ nextKnobs: { cleanWeight } }) => Math.max(...cleanWeight) > 1)).to.equal(true);
  });

  it('fair-dafa: weights and radii come from the confusion of the warm-up, and stay', async () => {
    const epochs = await epochsOf('dafa', '--plugin', 'fair-dafa', '--set', 'strategy.warmUp=2');
    const [first, second, ...rest] = epochs.map(({ knobs }) => knobs);
    for (const knobs of [first!, second!]) expect(knobs.epsilon).to.deep.equal(allOne);
    expect(rest[0]!.epsilon).not.to.deep.equal(allOne);
    for (const knobs of rest) {
      expect(knobs.epsilon).to.deep.equal(rest[0]!.epsilon);
      expect(knobs.cleanWeight).to.deep.equal(knobs.epsilon);
    }
  });

  it('fair-absld: the teacher becomes sharper for a class with a large loss', async () => {
    const epochs = await epochsOf('absld', '--plugin', 'fair-absld', '--teacher', 'runs/plain');
    const { temperature } = epochs.at(-1)!.nextKnobs;
    const sharpest = smallest(temperature);
    expect(epochs[0]!.knobs.temperature).to.deep.equal(allOne);
    expect(temperature[sharpest]).to.be.lessThan(1);
    expect(temperature[largest(temperature)]).to.be.greaterThan(1);
  });

  it('fair-geometric: the class of the smallest kappa has the largest weight', async () => {
    const epochs = await epochsOf('geometric', '--plugin', 'fair-geometric', '--teacher', 'runs/plain');
    for (const { difficulty, nextKnobs } of epochs) {
      const hardest = smallest(difficulty!.values);
      expect(nextKnobs.lossWeight[hardest]).to.equal(Math.max(...nextKnobs.lossWeight));
    }
    expect(Math.max(...epochs.at(-1)!.nextKnobs.lossWeight)).to.be.greaterThan(1);
  });

  it('fair-bat: three terms, of pairs from one trajectory', async () => {
    const epochs = await epochsOf('bat', '--plugin', 'fair-bat');
    for (const { terms } of epochs) expect(terms).to.have.all.keys('boundary', 'robust', 'uniform');
    expect(epochs.at(-1)!.loss).to.be.lessThan(epochs[0]!.loss);
  });

  it('method-mtard: the balance of the two teachers moves', async () => {
    const teachers = ['--teacher', 'runs/plain', '--clean-teacher', 'runs/plain'];
    const epochs = await epochsOf('mtard', '--plugin', 'method-mtard', ...teachers);
    const weights = epochs.map(
      ({ methodState }) => (methodState as { cleanWeight: number[] }).cleanWeight[0],
    );
    expect(new Set(weights).size).to.equal(6);
    expect(weights[0]).not.to.equal(0.5);
  });
});
