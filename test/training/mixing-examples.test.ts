import { ArdError, randomStream, type Engine, type PartialConfig } from '@ard/core';
import { createTrainingEvents, train, type Composition } from '@ard/core/host';
import { batchSource } from '@ard/data';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import datasetsGenerated from '@ard/plugin-datasets-generated';
import engineTfjs from '@ard/plugin-engine-tfjs';
import fairAbsld from '@ard/plugin-fair-absld';
import fairCfa from '@ard/plugin-fair-cfa';
import fairDafa from '@ard/plugin-fair-dafa';
import fairGeometric from '@ard/plugin-fair-geometric';
import methodArd from '@ard/plugin-method-ard';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import modelsSmallCnn from '@ard/plugin-models-small-cnn';
import optimSgd from '@ard/plugin-optim-sgd';
import { expect } from 'chai';
import { composeTiny, partsOf } from '../support/composed-training.js';
import { cpuEngine } from '../support/tiny-parts.js';

/** The mixtures that the documentation promises, composed as a configuration file would. */

const plugins = [
  ...[adversarialTraining, attackGradient, datasetsGenerated, engineTfjs, modelsSmallCnn, optimSgd],
  ...[fairAbsld, fairCfa, fairDafa, fairGeometric, methodArd, methodMtard, methodRslad],
];

async function trained(composition: Composition, engine: Engine) {
  const epochs: { knobs: object; nextKnobs: object }[] = [];
  const events = createTrainingEvents();
  events.on('epoch', (event) => epochs.push(event));
  const parts = await partsOf(composition, engine);
  // stands in for the split of the command line, which would leave nothing of two images per class
  const images = await composition.dataset.load('test');
  const validation = batchSource({ images, batchSize: 10, random: randomStream(0), shuffle: false });
  const state = await train({ ...parts, validation }, composition.config.training.values, { events });
  return { state, epochs };
}

const mixtures: readonly {
  readonly what: string;
  readonly preset: string;
  readonly changes: PartialConfig;
  readonly teachers: readonly string[];
}[] = [
  {
    what: 'MTARD, geometric weights and FAWA with two teachers',
    preset: 'mtard',
    changes: {
      estimator: { id: 'kappa' },
      strategy: { id: 'geometric' },
      averaging: { id: 'fawa', options: { threshold: 0, validationPerClass: 1 } },
    },
    teachers: ['teacher', 'cleanTeacher'],
  },
  {
    what: 'RSLAD and the margins of CFA',
    preset: 'rslad',
    changes: { strategy: { id: 'cfa', options: { begin: 0, regularisation: false } } },
    teachers: ['teacher'],
  },
  {
    what: 'ARD and DAFA',
    preset: 'ard',
    changes: { strategy: { id: 'dafa', options: { warmUp: 1, terms: 'all' } } },
    teachers: ['teacher'],
  },
];

describe('mixtures of plugins', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const { what, preset, changes, teachers } of mixtures) {
    it(`${what} compose and train`, async () => {
      const composition = await composeTiny(plugins, preset, changes);
      expect(Object.keys(composition.teachers)).to.have.members(teachers);
      expect(composition.unused.map(({ slot }) => slot)).to.have.members(
        teachers.includes('cleanTeacher') ? [] : ['cleanTeacher'],
      );
      const { state, epochs } = await trained(composition, engine);
      expect(epochs).to.have.length(2);
      expect(epochs[1]!.knobs).to.deep.equal(epochs[0]!.nextKnobs);
      expect(epochs[1]!.knobs, 'the strategy acts in the second epoch').not.to.deep.equal(epochs[0]!.knobs);
      expect(state.average !== undefined).to.equal(changes.averaging !== undefined);
    });
  }

  it('TRADES and ABSLD are refused with the reason', async () => {
    try {
      await composeTiny(plugins, 'trades', { strategy: { id: 'absld' } });
      expect.fail('should have been refused');
    } catch (error) {
      expect(error).to.be.instanceOf(ArdError);
      expect((error as ArdError).message).to.contain(
        'strategy absld turns the class knob "temperature", which method trades does not honour: it has no teacher',
      );
    }
  });
});
