import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import datasetsGenerated from '@ard/plugin-datasets-generated';
import engineTfjs from '@ard/plugin-engine-tfjs';
import fairGeometric from '@ard/plugin-fair-geometric';
import methodAdaad from '@ard/plugin-method-adaad';
import methodArd from '@ard/plugin-method-ard';
import methodIad from '@ard/plugin-method-iad';
import methodKd from '@ard/plugin-method-kd';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import modelsSmallCnn from '@ard/plugin-models-small-cnn';
import optimSgd from '@ard/plugin-optim-sgd';
import { expect } from 'chai';
import { composePreset } from '../support/composed-training.js';

const plugins = [
  ...[adversarialTraining, attackGradient, datasetsGenerated, engineTfjs, fairGeometric, methodAdaad],
  ...[methodArd, methodIad, methodKd, methodMtard, methodRslad, modelsSmallCnn, optimSgd],
];

/** Epoch, counted from 0, from which a rate holds. */
type Rates = Readonly<Record<number, number>>;

const tenthAt = (rate: number, ...milestones: number[]): Rates =>
  Object.fromEntries([0, ...milestones].map((epoch, drops) => [epoch, rate / 10 ** drops]));

/** From methods.md 2.6, 3 and 4. */
const schedules: Readonly<Record<string, readonly [number, number, boolean, Rates]>> = {
  // epochs, weight decay, Nesterov momentum, learning rates
  ard: [200, 2e-4, false, { 0: 0.1, 100: 0.01, 150: 0.01 }],
  iad: [200, 2e-4, false, { 0: 0.1, 100: 0.01, 150: 0.01 }],
  'iad-ii': [200, 2e-4, false, { 0: 0.1, 100: 0.01, 150: 0.01 }],
  akd2: [200, 2e-4, false, { 0: 0.1, 100: 0.01, 150: 0.01 }],
  rslad: [300, 2e-4, false, tenthAt(0.1, 215, 260, 285)],
  mtard: [300, 2e-4, false, tenthAt(0.1, 215, 260, 285)],
  'b-mtard': [300, 2e-4, false, tenthAt(0.1, 215, 260, 285)],
  adaad: [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  'adaad-cifar100': [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  'adaad-16': [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  'ada-iad': [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  'fair-ard': [200, 2e-4, true, { 0: 0.1, 100: 0.01, 150: 0.01 }],
  'fair-iad': [200, 2e-4, true, { 0: 0.1, 100: 0.01, 150: 0.01 }],
  'fair-rslad': [300, 2e-4, true, tenthAt(0.1, 215, 260, 285)],
  'fair-mtard': [300, 2e-4, true, tenthAt(0.1, 215, 260, 285)],
  'pgd-at': [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  'pgd-at-iad': [200, 2e-4, false, tenthAt(0.1, 100, 150)],
  'pgd-at-svhn': [200, 5e-4, false, tenthAt(0.01, 100, 150)],
  'pgd-at-adaad': [110, 5e-4, false, tenthAt(0.1, 100, 105)],
  trades: [76, 2e-4, false, tenthAt(0.1, 74)],
  mart: [120, 3.5e-3, false, tenthAt(0.01, 74, 89, 99)],
  'mart-wide': [90, 7e-4, false, tenthAt(0.1, 74, 89)],
  gairat: [100, 2e-4, false, tenthAt(0.1, 30, 60)],
  'gairat-wide': [120, 2e-4, false, { 0: 0.1, 60: 0.01, 90: 0.001, 110: 0.0005 }],
};

describe('presets train as their papers do', () => {
  for (const [preset, [epochs, weightDecay, nesterov, rates]] of Object.entries(schedules)) {
    it(preset, async () => {
      const { config, optimizer, schedule } = await composePreset(plugins, preset);
      const { training, components } = config;
      expect(training.values).to.include({ epochs, batchSize: 128 });
      expect(components.optimizer!.values).to.include({ momentum: 0.9, weightDecay, nesterov });
      const starts = Object.keys(rates).map(Number);
      starts.forEach((start, index) => {
        const end = (starts[index + 1] ?? epochs) - 1;
        for (const epoch of [start, end]) {
          const factor = schedule.factor({ epoch, step: 0, stepsPerEpoch: 391, epochs });
          expect(optimizer.learningRate * factor, `epoch ${epoch}`).to.be.closeTo(rates[start]!, 1e-12);
        }
      });
    });
  }
});
