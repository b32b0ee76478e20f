import type { Method } from '@ard/core';
import { loadTfjs } from '@ard/eager';
import { totalLoss, toyLossInputs, type ToyLossOptions } from '@ard/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { friendlyAt } from '../src/friendly-at.js';
import plugin from '../src/index.js';
import { pgdAt } from '../src/pgd-at.js';
import { standard } from '../src/standard.js';
import { trades } from '../src/trades.js';

// of the loss with beta 6, by PyTorch 1.13 in float64, the target with and without .detach()
const expectedGradients = {
  through: [0.599514645, -0.468269861, -0.131244784, -0.195868378, 0.516944629, -0.321076251],
  detached: [-0.170499431, 0.121216485, 0.049282945, 0.055582811, -0.08929549, 0.033712679],
};

function valueOf(method: Method, options?: ToyLossOptions): number {
  return totalLoss(method, toyLossInputs(options)).dataSync()[0]!;
}

/** Gradient of the loss with respect to the clean logits. */
function cleanGradient(method: Method): number[] {
  const loss = (logits: tf.Tensor): tf.Tensor =>
    totalLoss(method, toyLossInputs({ logits: { studentCleanLogits: logits as tf.Tensor2D } }));
  return Array.from(tf.grad(loss)(toyLossInputs().logits.studentCleanLogits).dataSync());
}

describe('adversarial training', () => {
  before(async () => {
    await loadTfjs();
    await tf.setBackend('cpu');
  });

  describe('trades', () => {
    const asReleased = trades({ beta: 6, detachTarget: false });

    it('gives the loss of methods.md 11.2', () => {
      expect(valueOf(asReleased)).to.be.closeTo(1.4985311622, 1e-6);
    });

    it('weights both terms by class', () => {
      const expected = (0.9 * (0.41703002 + 6 * 0.15969713) + 1.6 * (0.1967341 + 6 * 0.23751923)) / 2;
      expect(valueOf(asReleased, { lossWeight: [0.9, 1.6] })).to.be.closeTo(expected, 1e-6);
      expect(valueOf(asReleased, { lossWeight: [1, 1] })).to.equal(valueOf(asReleased));
    });

    it('multiplies beta by the class knob', () => {
      const expected = (0.41703002 + 12 * 0.15969713 + 0.1967341 + 3 * 0.23751923) / 2;
      expect(valueOf(asReleased, { beta: [2, 0.5] })).to.be.closeTo(expected, 1e-6);
    });

    it('sends gradient through the clean side of the divergence, unless it is detached', () => {
      const { through, detached } = expectedGradients;
      cleanGradient(asReleased).forEach((value, index) => expect(value).to.be.closeTo(through[index]!, 1e-6));
      cleanGradient(trades({ beta: 6, detachTarget: true })).forEach((value, index) =>
        expect(value).to.be.closeTo(detached[index]!, 1e-6),
      );
    });

    it('passes clean, adversarial and clean images, and attacks in eval mode', () => {
      expect(asReleased.studentPasses).to.deep.equal(['clean', 'adversarial', 'clean']);
      expect(asReleased.innerAttack).to.deep.equal({
        attack: { id: 'pgd', options: { epsilon: 0.031, steps: 10, stepSize: 0.007, start: 'gaussian' } },
        objective: { id: 'kl-to-clean', options: {} },
        mode: 'eval',
      });
    });
  });

  describe('pgd-at', () => {
    it('is the mean cross-entropy on adversarial images (methods.md 11.1)', () => {
      const method = pgdAt({ attackMode: 'train' });
      expect(valueOf(method)).to.be.closeTo(0.82324114, 1e-6);
      expect(valueOf(method, { lossWeight: [0.9, 1.6] })).to.be.closeTo(
        (0.9 * 0.96621261 + 1.6 * 0.68026967) / 2,
        1e-6,
      );
    });

    it('lets the class knob of robust terms weight it', () => {
      expect(pgdAt({ attackMode: 'train' }).knobs).to.deep.equal(['robustWeight']);
    });

    it('attacks in the mode it is told', () => {
      expect(pgdAt({ attackMode: 'train' }).innerAttack!.mode).to.equal('train');
      expect(pgdAt({ attackMode: 'eval' }).innerAttack!.mode).to.equal('eval');
    });
  });

  describe('friendly-at', () => {
    it('has the loss of pgd-at and an attack that stops early, in eval mode', () => {
      expect(valueOf(friendlyAt())).to.equal(valueOf(pgdAt({ attackMode: 'eval' })));
      expect(friendlyAt().innerAttack!.attack).to.deep.equal({
        id: 'friendly-pgd',
        options: {
          epsilon: 0.031,
          steps: 10,
          stepSize: 0.007,
          extraSteps: [0, 1, 2],
          raiseAt: [50, 90],
          start: 'uniform-clipped',
        },
      });
      expect(friendlyAt().innerAttack!.mode).to.equal('eval');
    });
  });

  describe('label smoothing', () => {
    // torch.nn.functional.cross_entropy(label_smoothing=0.1) of PyTorch 1.13 in float64
    const smoothed = { adversarial: 0.8599078045, clean: 0.4302153899 };
    const labelSmoothing = 0.1;

    it('reaches the labels of pgd-at, standard and trades, and not its divergence', () => {
      expect(valueOf(pgdAt({ attackMode: 'eval', labelSmoothing }))).to.be.closeTo(
        smoothed.adversarial,
        1e-6,
      );
      expect(valueOf(standard({ labelSmoothing }))).to.be.closeTo(smoothed.clean, 1e-6);
      const divergence = (6 * (0.15969713 + 0.23751923)) / 2;
      expect(valueOf(trades({ beta: 6, detachTarget: false, labelSmoothing }))).to.be.closeTo(
        smoothed.clean + divergence,
        1e-6,
      );
    });

    it('of 0 changes nothing, bit for bit', () => {
      expect(valueOf(standard({ labelSmoothing: 0 }))).to.equal(valueOf(standard()));
    });

    it('is an option of each, 0 unless set', () => {
      for (const id of ['pgd-at', 'trades', 'standard']) {
        const { options } = plugin.components.find((component) => component.id === id)!;
        expect(options.parse({}), id).to.include({ labelSmoothing: 0 });
      }
    });
  });

  describe('standard', () => {
    it('is the mean cross-entropy on clean images (methods.md 11.1), without an attack', () => {
      expect(valueOf(standard())).to.be.closeTo(0.30688206, 1e-6);
      expect(standard().innerAttack).to.equal(undefined);
    });
  });
});
