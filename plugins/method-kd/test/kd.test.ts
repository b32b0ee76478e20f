import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import plugin from '../src/index.js';
import { kd, kdComponent, type KdOptions } from '../src/kd.js';

const defaults = kdComponent.options.parse({}) as unknown as KdOptions;

function valueOf(options: Partial<KdOptions> = {}, inputs?: ToyLossOptions): number {
  return totalLoss(kd({ ...defaults, ...options }), toyLossInputs(inputs)).dataSync()[0]!;
}

describe('kd', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  it('gives the loss of methods.md 11.2: temperature 4, alpha 0.9, summed over classes', () => {
    expect(defaults).to.deep.equal({ temperature: 4, alpha: 0.9, classReduction: 'sum', labelSmoothing: 0 });
    // a divergence at temperature 4 has about six digits in float32
    expect(valueOf()).to.be.closeTo(0.2327674315, 2e-6);
  });

  it('is cross-entropy without the teacher, and the divergence without the label', () => {
    expect(valueOf({ alpha: 0 })).to.be.closeTo(0.30688206, 1e-7);
    expect(valueOf({ alpha: 1, temperature: 1 })).to.be.closeTo((0.15647941 + 0.04197561) / 2, 1e-7);
  });

  it('smooths the label when asked to, as PyTorch does', () => {
    // torch.nn.functional.cross_entropy(label_smoothing=0.1) of PyTorch 1.13 in float64
    expect(valueOf({ alpha: 0, labelSmoothing: 0.1 })).to.be.closeTo(0.4302153899, 1e-7);
    expect(valueOf({ alpha: 1, labelSmoothing: 0.1 })).to.equal(valueOf({ alpha: 1 }));
  });

  it('divides by the number of classes when asked to', () => {
    expect(valueOf({ alpha: 1, temperature: 1, classReduction: 'mean' })).to.be.closeTo(
      (0.15647941 + 0.04197561) / 6,
      1e-7,
    );
  });

  it('weights both terms by class', () => {
    expect(valueOf({ temperature: 1 }, { lossWeight: [0.9, 1.6] })).to.be.closeTo(
      (0.9 * (0.9 * 0.15647941 + 0.1 * 0.41703002) + 1.6 * (0.9 * 0.04197561 + 0.1 * 0.1967341)) / 2,
      1e-7,
    );
    expect(valueOf({}, { lossWeight: [1, 1] })).to.equal(valueOf());
  });

  it('needs no attack and one pass', () => {
    const method = kd(defaults);
    expect(method.innerAttack).to.equal(undefined);
    expect(method.studentPasses).to.deep.equal(['clean']);
  });

  it('brings a preset that names no attack', () => {
    expect(plugin.presets[0]!.requires).to.deep.equal(['optim-sgd']);
  });
});
