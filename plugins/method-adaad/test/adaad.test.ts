import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { adaIad, adaIadComponent, type AdaIadOptions } from '../src/ada-iad.js';
import { adaad, adaadComponent, type AdaadOptions } from '../src/adaad.js';
import plugin from '../src/index.js';

const asReleased = adaadComponent.options.parse({}) as unknown as AdaadOptions;
const iadDefaults = adaIadComponent.options.parse({}) as unknown as AdaIadOptions;

function valueOf(method: Method, { epoch = 0, ...inputs }: ToyLossOptions & { epoch?: number } = {}): number {
  return totalLoss(method, toyLossInputs(inputs), method.phase?.(epoch) ?? '').dataSync()[0]!;
}

const passesOf = (method: Method, epoch: number): string =>
  method.passesInPhase!(method.phase!(epoch)).join(' ');

describe('adaad', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the losses of methods.md 11.2: the mean over classes, and their sum', () => {
    expect(valueOf(adaad(asReleased))).to.be.closeTo(0.0237190411, 1e-8);
    expect(valueOf(adaad({ ...asReleased, classReduction: 'sum' }))).to.be.closeTo(0.0711571232, 2e-8);
  });

  it('has a clean term for what lambda leaves', () => {
    const method = adaad({ adversarialWeight: 0.6, classReduction: 'sum' });
    const clean = (0.15647941 + 0.04197561) / 2;
    expect(valueOf(method)).to.be.closeTo(0.6 * 0.0711571232 + 0.4 * clean, 1e-7);
  });

  it('weights every term by class, and weights of 1 change nothing', () => {
    const method = adaad({ ...asReleased, classReduction: 'sum' });
    expect(valueOf(method, { lossWeight: [0.9, 1.6] })).to.be.closeTo(
      (0.9 * 0.08204535 + 1.6 * 0.0602689) / 2,
      1e-7,
    );
    expect(valueOf(method, { lossWeight: [1, 1] })).to.equal(valueOf(method));
  });

  it('attacks where teacher and student differ most, and passes clean images first', () => {
    const { innerAttack, studentPasses } = adaad(asReleased);
    expect(studentPasses).to.deep.equal(['clean', 'adversarial']);
    expect(innerAttack).to.deep.equal({
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'gaussian' } },
      objective: { id: 'kl-to-teacher-at-iterate', options: {} },
      mode: 'eval',
    });
  });

  it('has presets for both reductions and both radii', () => {
    const settings = plugin.presets.map(({ id, config }) => [
      id,
      config.method?.options?.classReduction,
      config.attack?.options?.epsilon,
    ]);
    expect(settings).to.deep.equal([
      ['adaad', 'mean', undefined],
      ['adaad-cifar100', 'sum', undefined],
      ['adaad-16', 'mean', '16/255'],
      ['ada-iad', undefined, undefined],
    ]);
  });
});

describe('ada-iad', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the losses of methods.md 11.2, before and from epoch 60 on', () => {
    const method = adaIad(iadDefaults);
    // at temperature 30 float32 leaves three digits of a divergence, in PyTorch as here
    expect(valueOf(method, { epoch: 59 })).to.be.closeTo(0.0932474447, 1e-4);
    expect(valueOf(method, { epoch: 60 })).to.be.closeTo(0.1023013664, 1e-4);
  });

  it('adds exactly the introspection of iad', () => {
    const method = adaIad({ ...iadDefaults, temperature: 1 });
    const added = ((1 - 0.9460161) * 0.15969713 + (1 - 0.96005894) * 0.23751923) / 2;
    expect(valueOf(method, { epoch: 59 })).to.be.closeTo(0.0711571232, 1e-7);
    expect(valueOf(method, { epoch: 60 })).to.be.closeTo(0.0711571232 + added, 1e-7);
  });

  it('mixes in cross-entropy on clean images', () => {
    const method = adaIad({ ...iadDefaults, temperature: 1, alpha: 0.8 });
    expect(valueOf(method)).to.be.closeTo(0.8 * 0.0711571232 + 0.2 * 0.30688206, 1e-7);
  });

  it('passes clean, adversarial, clean, and clean once more after the beginning', () => {
    expect(passesOf(adaIad(iadDefaults), 59)).to.equal('clean adversarial clean');
    expect(passesOf(adaIad(iadDefaults), 60)).to.equal('clean adversarial clean clean');
  });
});
