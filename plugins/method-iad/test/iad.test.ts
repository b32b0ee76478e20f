import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { iad, iadComponent, type IadOptions } from '../src/iad.js';

const asReleased = iadComponent.options.parse({}) as unknown as IadOptions;
const fair = { ...asReleased, ...iadComponent.variants!.fair!.options } as IadOptions;
const fairWeights: ToyLossOptions = { lossWeight: [0.9, 1.6] };
const [before60, after60] = [59, 60];

function valueOf(options: IadOptions, epoch: number, inputs?: ToyLossOptions): number {
  const method = iad(options);
  return totalLoss(method, toyLossInputs(inputs), method.phase!(epoch)).dataSync()[0]!;
}

const passesOf = (method: Method, epoch: number): string =>
  method.passesInPhase!(method.phase!(epoch)).join(' ');

describe('iad', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the losses of methods.md 11.2, before and from epoch 60 on', () => {
    expect(valueOf(asReleased, before60)).to.be.closeTo(0.4225326255, 1e-7);
    expect(valueOf(asReleased, after60)).to.be.closeTo(0.4315865472, 1e-7);
  });

  it('with class weights gives the losses of Fair-IAD of methods.md 11.2', () => {
    for (const options of [asReleased, fair]) {
      expect(valueOf(options, before60, fairWeights)).to.be.closeTo(0.4695681149, 1e-7);
      expect(valueOf(options, after60, fairWeights)).to.be.closeTo(0.4810370135, 1e-7);
    }
  });

  it("weights the teacher's term by its reliability when asked to (methods.md 11.2)", () => {
    const weighted: IadOptions = { ...asReleased, iadTeacherWeight: 'alpha' };
    expect(valueOf(weighted, after60)).to.be.closeTo(0.4105678279, 1e-7);
    expect(valueOf(weighted, before60)).to.equal(valueOf(asReleased, before60));
  });

  it('with class weights of 1 gives the base loss exactly', () => {
    for (const epoch of [before60, after60]) {
      expect(valueOf(asReleased, epoch, { lossWeight: [1, 1] })).to.equal(valueOf(asReleased, epoch));
    }
  });

  it('begins where it is told', () => {
    expect(valueOf({ ...asReleased, begin: 3 }, 2)).to.equal(valueOf(asReleased, before60));
    expect(valueOf({ ...asReleased, begin: 3 }, 3)).to.equal(valueOf(asReleased, after60));
  });

  it('has the label look at clean images; in Fair-IAD at adversarial ones and only after the beginning', () => {
    const share = { alpha: 0.8 };
    const [early, late] = [valueOf(asReleased, before60), valueOf(asReleased, after60)];
    const [clean, adversarial] = [0.30688206, 0.82324114];
    const value = (options: IadOptions, epoch: number): number => valueOf({ ...options, ...share }, epoch);
    expect(value(asReleased, before60)).to.be.closeTo(0.8 * early + 0.2 * clean, 1e-6);
    expect(value(asReleased, after60)).to.be.closeTo(0.8 * late + 0.2 * clean, 1e-6);
    expect(value(fair, before60)).to.be.closeTo(0.8 * early, 1e-6);
    expect(value(fair, after60)).to.be.closeTo(0.8 * late + 0.2 * adversarial, 1e-6);
  });

  it('lets gradient through the student as its own teacher', () => {
    const gradient = tf.grad((clean) =>
      totalLoss(
        iad(asReleased),
        toyLossInputs({ logits: { studentCleanLogits: clean as tf.Tensor2D } }),
        'introspection',
      ),
    )(toyLossInputs().logits.studentCleanLogits);
    // by PyTorch 1.13 in float64, target not detached
    const expected = [0.006928061, -0.005303795, -0.001624265, -0.001673871, 0.004035645, -0.002361774];
    gradient.dataSync().forEach((value, index) => expect(value).to.be.closeTo(expected[index]!, 1e-7));
  });

  it('passes as the scripts do: unused passes, too, update the running statistics (methods.md 3.3, 2.5)', () => {
    expect(passesOf(iad(asReleased), before60)).to.equal('adversarial adversarial clean');
    expect(passesOf(iad(asReleased), after60)).to.equal('adversarial adversarial clean clean');
    for (const epoch of [before60, after60]) {
      expect(passesOf(iad(fair), epoch)).to.equal('adversarial clean adversarial');
    }
  });

  it('attacks as ARD does: cross-entropy, uniform start, train mode', () => {
    expect(iad(asReleased).innerAttack).to.deep.equal({
      attack: { id: 'pgd', options: { epsilon: '8/255', steps: 10, stepSize: '2/255', start: 'uniform' } },
      objective: { id: 'cross-entropy', options: {} },
      mode: 'train',
    });
  });
});
