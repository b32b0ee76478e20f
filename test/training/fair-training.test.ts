import { knobNames, neutralKnobs, type Engine, type Plugin, type ReweightingStrategy } from '@ard/core';
import type { TrainingParts, TrainingState } from '@ard/core/host';
import attackGradient from '@ard/plugin-attack-gradient';
import engineOnnx from '@ard/plugin-engine-onnx';
import fairAbsld from '@ard/plugin-fair-absld';
import fairCfa from '@ard/plugin-fair-cfa';
import fairControls from '@ard/plugin-fair-controls';
import fairDafa from '@ard/plugin-fair-dafa';
import fairFat from '@ard/plugin-fair-fat';
import fairFrl from '@ard/plugin-fair-frl';
import fairGeometric from '@ard/plugin-fair-geometric';
import fairWat from '@ard/plugin-fair-wat';
import weightAveraging from '@ard/plugin-weight-averaging';
import { expect } from 'chai';
import { cpuEngine } from '../support/tiny-parts.js';

import { everything, partsOf, run, values, type MethodName, type Options } from '../support/fair-parts.js';
import { makeComponent } from '../support/make-component.js';

/** What strategies and estimators of the plugins do to a training, on parts small enough for the cpu. */

/** Every strategy in a setting that acts within two epochs, and the methods it goes with. */
const strategies: readonly {
  readonly id: string;
  readonly plugin: Plugin;
  readonly options?: Options;
  readonly methods: readonly MethodName[];
}[] = [
  { id: 'cfa', plugin: fairCfa, options: { begin: 1 }, methods: ['trades', 'bat'] },
  {
    id: 'cfa',
    plugin: fairCfa,
    options: { begin: 1, regularisation: false },
    methods: ['trades', 'pgd-at', 'rslad'],
  },
  { id: 'dafa', plugin: fairDafa, options: { warmUp: 1 }, methods: ['trades', 'rslad'] },
  {
    id: 'dafa',
    plugin: fairDafa,
    options: { warmUp: 1, terms: 'all' },
    methods: ['trades', 'pgd-at', 'rslad'],
  },
  { id: 'wat', plugin: fairWat, methods: ['trades', 'pgd-at', 'rslad', 'bat'] },
  { id: 'frl', plugin: fairFrl, options: { slack: 0 }, methods: ['trades', 'rslad'] },
  { id: 'absld', plugin: fairAbsld, methods: ['rslad'] },
  { id: 'fat', plugin: fairFat, methods: ['trades', 'pgd-at', 'rslad', 'bat'] },
  { id: 'geometric', plugin: fairGeometric, methods: ['trades', 'pgd-at', 'rslad', 'bat'] },
  { id: 'uniform', plugin: fairControls, methods: ['trades', 'pgd-at', 'rslad'] },
  { id: 'inverse-accuracy', plugin: fairControls, methods: ['trades', 'pgd-at', 'rslad'] },
  { id: 'focal', plugin: fairControls, methods: ['trades', 'pgd-at', 'rslad'] },
  { id: 'worst-class-only', plugin: fairControls, methods: ['trades', 'pgd-at', 'rslad'] },
];

async function strategyParts(
  engine: Engine,
  { id, plugin, options }: (typeof strategies)[number],
  method: MethodName,
): Promise<TrainingParts> {
  return partsOf(engine, method, {
    strategy: await makeComponent(plugin, 'strategy', id, options),
    estimator: await makeComponent(fairControls, 'estimator', 'robust-loss'),
  });
}

describe('fair training', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const strategy of strategies) {
    const options = strategy.options ? ` ${JSON.stringify(strategy.options)}` : '';
    for (const method of strategy.methods) {
      it(`${strategy.id}${options} trains ${method} and resumes exactly`, async () => {
        const checkpoints: TrainingState[] = [];
        const whole = await run(await strategyParts(engine, strategy, method), 2, {
          saveCheckpoint: (state) => {
            checkpoints.push(state);
            return Promise.resolve();
          },
        });
        expect(whole.finished).to.have.length(2);
        const last = checkpoints.at(-2)!;
        const progress = JSON.parse(JSON.stringify(last.progress)) as TrainingState['progress'];
        const rest = await run(await strategyParts(engine, strategy, method), 2, {
          resumeFrom: { ...last, progress },
        });
        expect(await everything(rest.state)).to.deep.equal(await everything(whole.state));
      });
    }
  }

  for (const method of ['trades', 'pgd-at', 'rslad', 'bat'] as const) {
    it(`${method} with every knob at 1 is the base method bit for bit, whatever the mean is over`, async () => {
      const base = await run(await partsOf(engine, method), 2);
      for (const meanOver of ['examples', 'weights'] as const) {
        const neutral: ReweightingStrategy = {
          needs: { validationPerClass: 3, training: true, beforeTraining: true },
          knobs: knobNames,
          meanOver,
          measure: { needs: [], perExample: ({ oneHotLabels }) => oneHotLabels },
          init: () => null,
          update: () => ({ state: null, knobs: neutralKnobs(3) }),
        };
        const { state } = await run(await partsOf(engine, method, { strategy: neutral }), 2);
        expect(await values(state.student.parameters)).to.deep.equal(
          await values(base.state.student.parameters),
        );
        expect(await values(state.student.statistics)).to.deep.equal(
          await values(base.state.student.statistics),
        );
      }
    });
  }

  it('WAT raises the weight of the class that costs most on held-out images', async () => {
    const strategy = await makeComponent(fairWat, 'strategy', 'wat', { rate: 1 });
    const { finished } = await run(await partsOf(engine, 'trades', { strategy }), 3);
    expect(finished[0]!.knobs.lossWeight).to.deep.equal([2, 2, 2]);
    for (const { validation, strategyState, nextKnobs } of finished) {
      expect(validation!.counts).to.deep.equal([4, 3, 3]);
      const { cumulative } = strategyState as { cumulative: number[] };
      const costs = cumulative.slice(0, 3);
      const worst = costs.indexOf(Math.max(...costs));
      expect(nextKnobs.lossWeight[worst]).to.equal(Math.max(...nextKnobs.lossWeight));
      expect(nextKnobs.lossWeight[worst]).to.be.greaterThan(Math.min(...nextKnobs.lossWeight));
    }
  });

  it('CFA gives a class of low robust accuracy a smaller ball in the next epoch', async () => {
    const strategy = await makeComponent(fairCfa, 'strategy', 'cfa', { begin: 1, accuracy: 'per-class' });
    const { finished } = await run(await partsOf(engine, 'trades', { strategy }), 3);
    for (const { training, nextKnobs } of finished) {
      nextKnobs.epsilon.forEach((factor, label) =>
        expect(factor).to.be.closeTo(0.5 + training.robustAccuracy[label]!, 1e-12),
      );
    }
    expect(finished.some(({ nextKnobs }) => Math.min(...nextKnobs.epsilon) < 1)).to.equal(true);
  });

  it('DAFA fixes its weights at the end of the warm-up', async () => {
    const strategy = await makeComponent(fairDafa, 'strategy', 'dafa', { warmUp: 2 });
    const { finished } = await run(await partsOf(engine, 'trades', { strategy }), 4);
    expect(finished[1]!.knobs.epsilon).to.deep.equal([1, 1, 1]);
    const fixed = finished[1]!.nextKnobs;
    expect(fixed.cleanWeight).not.to.deep.equal([1, 1, 1]);
    expect(fixed.epsilon).to.deep.equal(fixed.cleanWeight);
    expect(fixed.robustWeight).to.deep.equal([1, 1, 1]);
    expect(finished[3]!.nextKnobs).to.deep.equal(fixed);
  });

  it('FRL looks at the student before it trains it, under its own attack', async () => {
    const strategy = await makeComponent(fairFrl, 'strategy', 'frl', { slack: 0, validationPerClass: 3 });
    const { attack, objective } = strategy.needs.validationAttack!;
    const validationAttack = {
      attack: await makeComponent(attackGradient, 'attack', attack.id, { ...attack.options, steps: 3 }),
      objective: await makeComponent(attackGradient, 'objective', objective.id, objective.options),
    };
    const robust = await run(await partsOf(engine, 'trades'), 1);
    const { finished } = await run(
      await partsOf(engine, 'trades', { strategy, validationAttack, initialStudent: robust.state.student }),
      2,
    );
    expect(finished[0]!.knobs.cleanWeight).not.to.deep.equal([1, 1, 1]);
    const { clean } = finished[1]!.strategyState as { clean: number[] };
    expect(clean.reduce((sum, value) => sum + value, 0)).to.be.within(0, 0.5 + 1e-12);
  });

  it('ABSLD sharpens the targets of the class with the largest loss, for each kind of image', async () => {
    const strategy = await makeComponent(fairAbsld, 'strategy', 'absld');
    const { finished } = await run(await partsOf(engine, 'rslad', { strategy }), 2);
    const { temperature, cleanTemperature } = finished[0]!.nextKnobs;
    expect(Math.min(...temperature, ...cleanTemperature)).to.be.lessThan(1);
    expect(Math.max(...temperature, ...cleanTemperature)).to.be.greaterThan(1);
    expect(finished[1]!.knobs.temperature).to.deep.equal(temperature);
  });

  it('FAT adds the variance of class risks to the loss and to the log', async () => {
    const strategy = await makeComponent(fairFat, 'strategy', 'fat', { alpha: 0.5 });
    const { finished } = await run(await partsOf(engine, 'pgd-at', { strategy }), 1);
    const { loss, terms } = finished[0]!;
    expect(terms.classVariance).to.be.greaterThan(0);
    expect(loss).to.be.closeTo(terms.adversarial! + 0.5 * terms.classVariance!, 1e-6);
  });

  it('BAT trains on pairs from the trajectory, with a pass for each', async () => {
    const { state, finished } = await run(await partsOf(engine, 'bat'), 6);
    expect(finished[0]!.terms).to.have.all.keys('boundary', 'robust', 'uniform');
    expect(finished.at(-1)!.loss).to.be.lessThan(finished[0]!.loss);
    const { 'bn1.num_batches_tracked': passes } = await values(state.student.statistics);
    expect(passes).to.deep.equal([6 * 3 * 3]);
  });

  it('geometric weights go over any estimator: is it the geometry or merely the reweighting?', async () => {
    for (const { id, kind } of fairControls.components) {
      if (kind !== 'estimator') continue;
      const { finished } = await run(
        await partsOf(engine, 'rslad', {
          strategy: await makeComponent(fairGeometric, 'strategy', 'geometric'),
          estimator: await makeComponent(fairControls, 'estimator', id),
        }),
        1,
      );
      const { difficulty, nextKnobs } = finished[0]!;
      const hard =
        difficulty!.harder === 'higher' ? Math.max(...difficulty!.values) : Math.min(...difficulty!.values);
      expect(nextKnobs.lossWeight[difficulty!.values.indexOf(hard)], id).to.equal(
        Math.max(...nextKnobs.lossWeight),
      );
    }
  });

  it('gives the same losses, knobs and averages on the compiling engine', async () => {
    const onnx = await makeComponent(engineOnnx, 'engine', 'onnx', { threads: 1 });
    const averaging = await makeComponent(weightAveraging, 'averaging', 'ema', { decay: 0.5 });
    const settings: readonly (readonly [MethodName, Plugin, string, Options])[] = [
      ['bat', fairWat, 'wat', {}],
      ['pgd-at', fairFat, 'fat', {}],
      ['trades', fairDafa, 'dafa', { warmUp: 1 }],
      ['rslad', fairAbsld, 'absld', {}],
      ['trades', fairFrl, 'frl', { slack: 0 }],
    ];
    for (const [method, plugin, id, options] of settings) {
      const strategy = await makeComponent(plugin, 'strategy', id, options);
      // from a network that has learnt something and stays as it is: steps by sign amplify rounding
      const start = await run(await partsOf(engine, 'pgd-at'), 2);
      const changes = {
        strategy,
        averaging,
        initialStudent: start.state.student,
        schedule: { factor: () => 0 },
      };
      const [compiled, eager] = [
        await run(await partsOf(onnx, method, changes), 2),
        await run(await partsOf(engine, method, changes), 2),
      ];
      eager.finished.forEach(({ loss, nextKnobs }, index) => {
        const other = compiled.finished[index]!;
        expect(other.loss, `${method} and ${id}, epoch ${index}`).to.be.closeTo(loss, 2e-3 * loss);
        for (const name of knobNames) {
          nextKnobs[name].forEach((value, label) =>
            expect(other.nextKnobs[name][label], `${id}, ${name}`).to.be.closeTo(value, 2e-2),
          );
        }
      });
      // two passes of one batch norm once shared a buffer, which no loss shows
      const mean = (await values(eager.state.student.statistics))['bn1.running_mean']!;
      (await values(compiled.state.student.statistics))['bn1.running_mean']!.forEach((value, index) =>
        expect(value, `${method}, running mean`).to.be.closeTo(mean[index]!, 1e-4),
      );
      const bias = (await values(eager.state.average!.parameters))['fc.bias']!;
      (await values(compiled.state.average!.parameters))['fc.bias']!.forEach((value, index) =>
        expect(value, `${method}, average`).to.be.closeTo(bias[index]!, 1e-2),
      );
    }
    await onnx.dispose();
  });
});
