import { expect } from 'chai';
import { composePreset } from '../support/composed-training.js';
import { methodPlugins, methodPresets } from '../support/method-plugins.js';

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
  // of scripts that count epochs from 1
  gairat: [100, 2e-4, false, tenthAt(0.1, 29, 59)],
  'gairat-wide': [120, 2e-4, false, { 0: 0.1, 59: 0.01, 89: 0.001, 109: 0.0005 }],
  'gair-fat': [120, 2e-4, false, { 0: 0.1, 59: 0.01, 89: 0.001, 109: 0.0005 }],
  'friendly-at': [120, 2e-4, false, { 0: 0.1, 59: 0.01, 89: 0.001, 109: 0.0005 }],
  'trades-mnist': [100, 0, false, tenthAt(0.01, 54, 74, 89)],
  bat: [200, 2e-4, false, tenthAt(0.1, 74, 89, 99)],
  cfa: [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  'cfa-at': [200, 5e-4, false, tenthAt(0.1, 100, 150)],
  wat: [100, 2e-4, false, tenthAt(0.1, 74, 89, 99)],
  fat: [120, 2e-4, false, { 0: 0.1, 59: 0.01, 89: 0.001, 109: 0.0005 }],
  'fat-trades': [120, 2e-4, false, { 0: 0.1, 59: 0.01, 89: 0.001, 109: 0.0005 }],
  dafa: [110, 5e-4, true, tenthAt(0.1, 100, 105)],
  'dafa-at': [110, 5e-4, true, tenthAt(0.1, 100, 105)],
  frl: [40, 5e-4, false, { 0: 0.001 }],
  'frl-reweight': [40, 5e-4, false, { 0: 0.001 }],
  'frl-remargin': [40, 5e-4, false, { 0: 0.001 }],
  absld: [300, 2e-4, false, tenthAt(0.1, 215, 260, 285)],
};

describe('presets train as their papers do', () => {
  for (const [preset, [epochs, weightDecay, nesterov, rates]] of Object.entries(schedules)) {
    it(preset, async () => {
      const { config, optimizer, schedule } = await composePreset(methodPlugins, preset);
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

  /** From methods.md 2.5, 3, 4, 5 and the scripts. */
  const [eight, small] = ['8/255, 10 steps of 2/255', '0.031, 10 steps of 0.007'];
  const attacks: readonly (readonly [string, string, string, string, 'train' | 'eval'])[] = [
    // presets, ball and steps, start, objective, batch norm
    ['ard ard-iad iad iad-ii akd2 fair-ard fair-iad', eight, 'uniform', 'cross-entropy', 'train'],
    ['ard-saad', eight, 'uniform', 'cross-entropy', 'eval'],
    ['rslad fair-rslad absld', eight, 'gaussian', 'kl-to-teacher', 'eval'],
    ['mtard b-mtard fair-mtard', eight, 'gaussian', 'cross-entropy', 'eval'],
    ['adaad adaad-cifar100 ada-iad', eight, 'gaussian', 'kl-to-teacher-at-iterate', 'eval'],
    ['adaad-16', '16/255, 10 steps of 4/255', 'gaussian', 'kl-to-teacher-at-iterate', 'eval'],
    ['pgd-at pgd-at-madry cfa-at', eight, 'uniform-clipped', 'cross-entropy', 'train'],
    ['pgd-at-iad', eight, 'uniform-clipped', 'cross-entropy', 'eval'],
    ['pgd-at-svhn', '8/255, 10 steps of 1/255', 'uniform-clipped', 'cross-entropy', 'train'],
    ['pgd-at-madry-mnist', '0.3, 40 steps of 0.01', 'uniform-clipped', 'cross-entropy', 'train'],
    ['pgd-at-adaad', eight, 'gaussian-clipped', 'cross-entropy', 'eval'],
    ['trades wat dafa', small, 'gaussian', 'kl-to-clean', 'eval'],
    ['trades-mnist', '0.3, 40 steps of 0.01', 'gaussian', 'kl-to-clean', 'eval'],
    ['mart mart-wide dafa-at', small, 'gaussian', 'cross-entropy', 'eval'],
    ['gairat gairat-wide fat fat-trades', small, 'uniform-clipped', 'cross-entropy', 'eval'],
    ['bat', small, 'gaussian-clipped', 'kl-to-clean', 'eval'],
    ['cfa frl frl-reweight frl-remargin', eight, 'gaussian', 'kl-to-clean', 'eval'],
  ];
  for (const [presets, ball, start, objective, mode] of attacks) {
    for (const preset of presets.split(' ')) {
      it(`${preset} attacks as its script does`, async () => {
        const { config, innerAttack } = await composePreset(methodPlugins, preset);
        expect(innerAttack!.attack.description).to.equal(`PGD linf, epsilon ${ball}, start ${start}`);
        expect(config.components.objective!.named.name).to.equal(objective);
        expect(innerAttack!.mode).to.equal(mode);
      });
    }
  }

  it('and no preset is missing from that table but those without PGD', () => {
    const named = attacks.flatMap(([presets]) => presets.split(' '));
    const others = [...methodPresets.keys()].filter((preset) => !named.includes(preset));
    expect(others).to.have.members(['kd', 'standard', 'friendly-at', 'gair-fat']);
  });

  /** From methods.md 3, 4, 5 and the scripts: what is kept as the best, by which attack, and when it is looked for. */
  const selections: Readonly<Record<string, readonly [string, string, number, number | undefined]>> = {
    ...Object.fromEntries(
      ['iad', 'iad-ii', 'akd2'].map((id) => [id, ['robust', 'pgd:train10', 1, undefined]]),
    ),
    ...Object.fromEntries(
      ['adaad', 'ada-iad', 'pgd-at'].map((id) => [id, ['robust', 'pgd:ten', 1, undefined]]),
    ),
    gairat: ['robust', 'pgd:gairat', 1, undefined],
    rslad: ['robust', 'pgd:t', 20, 215],
    mtard: ['robust', 'pgd:t', 20, 215],
    'b-mtard': ['clean+robust', 'pgd:t', 20, 215],
    absld: ['robust+worst', 'pgd:t', 10, 215],
    cfa: ['robust+worst', 'pgd:ten', 0, 101],
  };
  for (const [preset, [select, attack, every, from]] of Object.entries(selections)) {
    it(`${preset} selects as its paper does`, async () => {
      const { config, evaluation } = await composePreset(methodPlugins, preset);
      expect(config.evaluation.values.select).to.equal(select);
      expect(evaluation.selectAttacks!.map(({ id }) => id)).to.deep.equal([attack]);
      expect(config.training.values).to.include({ evaluateEvery: every });
      expect(config.training.values.evaluateEachFrom).to.equal(from);
    });
  }

  it('and their fair variants, whose scripts keep every epoch, select none', async () => {
    for (const preset of methodPresets.keys()) {
      if (!preset.startsWith('fair-')) continue;
      expect((await composePreset(methodPlugins, preset)).config.evaluation.values.select).to.equal('last');
    }
  });
});
