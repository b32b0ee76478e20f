import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { akd2, akd2Component, type Akd2Options } from '../src/akd2.js';
import { iadTwo, iadTwoComponent, type IadTwoOptions } from '../src/iad-ii.js';

const two = iadTwoComponent.options.parse({}) as unknown as IadTwoOptions;
const akd2Defaults = akd2Component.options.parse({}) as unknown as Akd2Options;

// the pieces of methods.md 11.1, and KL(cleanTeacher ‖ student) on adversarial images by PyTorch 1.13 in float64
const label = [0.96621261, 0.68026967];
const robust = [0.08204535, 0.0602689];
const own = [0.15969713, 0.23751923];
const reliability = [0.9460161, 0.96005894];
const clean = [0.83947181, 0.52944863];

function valueOf(method: Method, phase = '', inputs?: ToyLossOptions): number {
  return totalLoss(method, toyLossInputs(inputs), phase).dataSync()[0]!;
}

const mean = (value: (index: number) => number): number => (value(0) + value(1)) / 2;

describe('two teachers', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  const early = (index: number): number => 0.25 * label[index]! + 0.5 * robust[index]! + 0.25 * clean[index]!;
  const late = (index: number): number =>
    0.25 * label[index]! +
    0.5 * (reliability[index]! * robust[index]! + (1 - reliability[index]!) * own[index]!) +
    0.25 * clean[index]!;

  it('akd2 mixes label, robust and clean teacher on adversarial images (methods.md 3.3)', () => {
    expect(valueOf(akd2(akd2Defaults))).to.be.closeTo(mean(early), 1e-6);
    expect(akd2(akd2Defaults).studentPasses).to.deep.equal(['adversarial']);
  });

  it('iad-ii is akd2 before epoch 40 and shares the robust term with the student itself from then on', () => {
    const method = iadTwo(two);
    expect(method.phase!(39)).not.to.equal(method.phase!(40));
    expect(valueOf(method, method.phase!(39))).to.equal(valueOf(akd2(akd2Defaults)));
    expect(valueOf(method, method.phase!(40))).to.be.closeTo(mean(late), 1e-6);
  });

  it('weights every term by class', () => {
    const method = iadTwo(two);
    const lossWeight: [number, number] = [0.9, 1.6];
    expect(valueOf(method, 'introspection', { lossWeight })).to.be.closeTo(
      mean((index) => lossWeight[index]! * late(index)),
      1e-6,
    );
    expect(valueOf(method, 'introspection', { lossWeight: [1, 1] })).to.equal(
      valueOf(method, 'introspection'),
    );
  });

  it('multiplies by the square of the temperature in every term but that of the label', () => {
    const hot = iadTwo({ ...two, temperature: 30, teacherShare: 0.75 });
    const terms = hot.loss(toyLossInputs(), 'introspection').terms;
    expect(terms.map(({ name, coefficient }) => [name, coefficient])).to.deep.equal([
      ['teacher', 675],
      ['introspection', 675],
      ['cleanTeacher', 225],
    ]);
  });

  it('refuses shares beyond 1', () => {
    expect(() => akd2({ ...akd2Defaults, teacherShare: 0.8, cleanTeacherShare: 0.3 })).to.throw(
      '0.8 and 0.3',
    );
  });
});
