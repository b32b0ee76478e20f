import { expect } from 'chai';
import { z } from 'zod';
import type { Component, PartialConfig } from '../../src/contracts/plugin.js';
import { type Composer, createContainer, passesPerStep, tokens, type Composition } from '../../src/host.js';
import {
  averaging,
  baseLayer,
  basics,
  estimator,
  failure,
  layer,
  loaded,
  method,
  strategy,
  teacherLayer,
  trajectory,
  withComponents,
} from './fake-plugins.js';

async function composed(config: PartialConfig, ...components: readonly Component[]): Promise<Composition> {
  const container = createContainer([loaded(basics), loaded(withComponents(...components))]);
  return await container
    .get<Composer>(tokens.composer)
    .compose([baseLayer, teacherLayer, layer('test', config)]);
}

describe('composing a run', () => {
  it('makes an instance for every slot', async () => {
    const composition = await composed(
      { estimator: { id: 'kappa' }, strategy: { id: 'geometric' } },
      estimator('kappa', { trajectory }),
      strategy('geometric'),
    );
    expect(composition.innerAttack?.attack.description).to.equal('PGD, 10 steps');
    expect(composition.innerAttack?.mode).to.equal('train');
    expect(composition.teachers.teacher?.checkpoint).to.equal('teacher.safetensors');
    expect(composition.strategy?.knobs).to.deep.equal(['lossWeight']);
    expect(composition.evaluation.attacks.map(({ attack }) => attack.description)).to.deep.equal([
      'PGD, 20 steps',
    ]);
    expect(composition.unused).to.deep.equal([]);
  });

  it('holds out as many images as anybody wants, and attacks them as the strategy says', async () => {
    const needs = {
      validationPerClass: 3,
      validationFrom: 'last',
      validationAttack: {
        attack: { id: 'pgd', options: { steps: 7 } },
        objective: { id: 'kl-to-teacher', options: {} },
      },
    } as const;
    const composition = await composed(
      {
        student: { checkpoint: 'start.safetensors' },
        strategy: { id: 'frl' },
        averaging: { id: 'fawa' },
      },
      strategy('frl', { needs, knobs: [] }),
      averaging('fawa', { validationPerClass: 5 }),
    );
    expect(composition.heldOut).to.deep.equal({ perClass: 5, from: 'last' });
    expect(composition.validationAttack?.attack.description).to.equal('PGD, 7 steps');
    expect(composition.studentCheckpoint).to.equal('start.safetensors');
    expect((await composed({})).heldOut).to.equal(undefined);
    expect(composition.notes).to.deep.equal([
      'averaging fawa looks at the held-out images of strategy frl, attacked as the strategy wants them.',
    ]);
  });

  it('attacks held-out images on the objective of the averaging, unless a strategy looks at them too', async () => {
    const average = averaging('fawa', {
      validationPerClass: 5,
      validationObjective: { id: 'cross-entropy', options: {} },
    });
    const alone = await composed({ averaging: { id: 'fawa' } }, average);
    expect(alone.innerAttack?.objective.references).to.deep.equal(['teacherCleanLogits']);
    expect(alone.validationAttack?.objective.references).to.deep.equal([]);
    expect(alone.validationAttack?.attack).to.equal(alone.innerAttack?.attack);
    const wat = strategy('wat', { needs: { validationPerClass: 3 } });
    const both = await composed({ averaging: { id: 'fawa' }, strategy: { id: 'wat' } }, average, wat);
    expect(both.validationAttack).to.equal(undefined);
  });

  it('says when a strategy reckons with another trade-off than the method has', async () => {
    const beta = z.object({ beta: z.number().default(6).describe('β') });
    const notes = async (value: number) => {
      const parts = [
        { ...method('trades', { knobs: ['beta'] }), options: beta },
        { ...strategy('cfa', { needs: {}, knobs: ['beta'] }), options: beta },
      ];
      const config = { method: { id: 'trades', options: { beta: value } }, strategy: { id: 'cfa' } };
      return (await composed(config, ...parts)).notes;
    };
    expect(await notes(6)).to.deep.equal([]);
    expect(await notes(3)).to.deep.equal([
      'strategy cfa reckons with a β of 6, and method trades has 3: set strategy.beta=3.',
    ]);
  });

  it('leaves out what the method does not use, and says so', async () => {
    const plain = method('plain', {
      teachers: [],
      needs: ['studentCleanLogits'],
      studentPasses: ['clean'],
      innerAttack: undefined,
    });
    const composition = await composed({ method: { id: 'plain' }, attack: { id: 'pgd' } }, plain);
    expect(composition.innerAttack).to.equal(undefined);
    expect(composition.teachers).to.deep.equal({});
    expect(composition.unused.map(({ slot }) => slot)).to.have.members(['teacher', 'attack']);
  });

  it('starts an engine only when asked, and passes on why it cannot run', async () => {
    const { createEngine } = await composed({});
    expect(await failure(createEngine)).to.contain(
      'Engine paper cannot run here: It is paper. Use a pencil.',
    );
  });

  it('remarks that a strategy begins after the end of the training', async () => {
    const notes = async (epochs: number, changes: Parameters<typeof strategy>[1]) =>
      (
        await composed(
          { training: { epochs }, strategy: { id: 'slow' } },
          strategy('slow', { needs: {}, ...changes }),
        )
      ).notes;
    const remark = 'strategy slow treats all classes alike before epoch';
    expect(await notes(10, { begin: 10 })).to.deep.equal([
      `${remark} 10, counted from 0, which a training of 10 epochs does not reach.`,
    ]);
    expect(await notes(11, { begin: 10 })).to.deep.equal([]);
    // knobs come from the epoch before, unless there are some from the start
    expect(await notes(1, {})).to.deep.equal([
      `${remark} 1, counted from 0, which a training of 1 epoch does not reach.`,
    ]);
    expect(await notes(2, {})).to.deep.equal([]);
    expect(await notes(1, { initialKnobs: () => ({}) })).to.deep.equal([]);
    expect(await notes(1, { needs: { beforeTraining: true, validationPerClass: 1 } })).to.deep.equal([]);
  });

  const misfits: readonly {
    what: string;
    config: PartialConfig;
    components: readonly Component[];
    says: string;
  }[] = [
    {
      what: 'a strategy over difficulties without an estimator',
      config: { strategy: { id: 'geometric' } },
      components: [strategy('geometric')],
      says: 'strategy geometric needs class difficulties, and no estimator is chosen.',
    },
    {
      what: 'a knob that the method does not honour',
      config: { strategy: { id: 'trade-off' } },
      components: [strategy('trade-off', { needs: {}, knobs: ['beta'] })],
      says:
        'strategy trade-off turns the class knob "beta", which method rslad does not honour' +
        ': its loss has no coefficient β between two terms (it honours lossWeight, epsilon, temperature).',
    },
    {
      what: 'temperatures per class where there is no teacher',
      config: { method: { id: 'trades' }, strategy: { id: 'absld' } },
      components: [
        method('trades', { teachers: [], needs: ['studentCleanLogits'], knobs: ['beta'] }),
        strategy('absld', { needs: {}, knobs: ['temperature'] }),
      ],
      says:
        'strategy absld turns the class knob "temperature", which method trades does not honour: it has no teacher' +
        ' whose temperature could be turned (it honours lossWeight, epsilon, beta).',
    },
    {
      what: 'temperatures of clean targets where the teacher has none',
      config: { strategy: { id: 'absld' } },
      components: [strategy('absld', { needs: {}, knobs: ['temperature', 'cleanTemperature'] })],
      says:
        'turns the class knob "cleanTemperature", which method rslad does not honour: no term compares a teacher\'s' +
        ' target with clean images',
    },
    {
      what: 'weights of a kind of term that the method does not tell apart',
      config: { strategy: { id: 'dafa' } },
      components: [strategy('dafa', { needs: {}, knobs: ['cleanWeight'] })],
      says: 'does not honour: it has no loss term on clean images to weight apart',
    },
    {
      what: 'steps per class with an attack that does not scale them',
      config: { strategy: { id: 'steps' } },
      components: [strategy('steps', { needs: {}, knobs: ['stepSize'] })],
      says: 'does not honour: its attack has no step to scale',
    },
    {
      what: 'a regulariser over logits that nobody computes',
      config: { method: { id: 'plain' }, strategy: { id: 'fat' } },
      components: [
        method('plain', { studentPasses: ['clean'], innerAttack: undefined }),
        strategy('fat', {
          needs: {},
          knobs: [],
          regulariser: {
            name: 'variance',
            coefficient: 1,
            needs: ['studentAdversarialLogits'],
            value: () => {
              throw new Error('composition must not run tensors');
            },
          },
        }),
      ],
      says: "strategy fat needs the student's adversarial logits, which method plain never computes",
    },
    {
      what: 'an average by robust accuracy where nothing measures it',
      config: { method: { id: 'plain' }, averaging: { id: 'fawa' } },
      components: [
        method('plain', { studentPasses: ['clean'], innerAttack: undefined }),
        averaging('fawa', { validationPerClass: 5 }),
      ],
      says: 'averaging fawa looks at robust accuracy on held-out images, and method plain has no inner attack',
    },
    {
      what: 'a radius per class without an inner attack',
      config: { method: { id: 'plain' }, strategy: { id: 'radius' } },
      components: [
        method('plain', { innerAttack: undefined }),
        strategy('radius', { needs: {}, knobs: ['epsilon'] }),
      ],
      says: 'turns the class knob "epsilon"',
    },
    {
      what: 'an estimator over iterates without an inner attack',
      config: { method: { id: 'plain' }, estimator: { id: 'kappa' } },
      components: [method('plain', { innerAttack: undefined }), estimator('kappa', { trajectory })],
      says: 'estimator kappa watches the inner attack, and method plain trains without one.',
    },
    {
      what: 'an estimator over iterates that the attack keeps to itself',
      config: { attack: { id: 'square' }, estimator: { id: 'kappa' } },
      components: [estimator('kappa', { trajectory })],
      says: 'attack square does not report any',
    },
    {
      what: 'an estimator over logits that nobody computes',
      config: { method: { id: 'adversarial-only' }, estimator: { id: 'clean-loss' } },
      components: [
        method('adversarial-only', { studentPasses: ['adversarial'] }),
        estimator('clean-loss', { needs: ['studentCleanLogits'] }),
      ],
      says: "needs the student's clean logits, which method adversarial-only never computes",
    },
    {
      what: 'a second teacher that is not there',
      config: { method: { id: 'two' } },
      components: [method('two', { teachers: ['teacher', 'cleanTeacher'] })],
      says: 'method two needs a second teacher in the role "cleanTeacher", and none is given.',
    },
    {
      what: 'a component whose factory throws',
      config: { method: { id: 'broken' } },
      components: [
        {
          ...method('broken'),
          create: () => {
            throw new TypeError('x is not a function');
          },
        },
      ],
      says: 'method broken of plugin ard-plugin-extra could not be made: x is not a function',
    },
  ];
  for (const { what, config, components, says } of misfits) {
    it(`refuses ${what}`, async () => {
      expect(await failure(() => composed(config, ...components))).to.contain(says);
    });
  }

  it('says how to give a teacher that is missing', async () => {
    const composer = createContainer([loaded(basics)]).get<Composer>(tokens.composer);
    const text = await failure(() => composer.compose([baseLayer]));
    expect(text).to.contain('method rslad needs a teacher, and none is given.');
    expect(text).to.contain('--teacher runs/x');
    expect(text).to.contain('ard train --plugin adversarial-training');
  });

  it('names the empty slot', async () => {
    const composer = createContainer([loaded(basics)]).get<Composer>(tokens.composer);
    expect(await failure(() => composer.compose([]))).to.match(
      /^No method is chosen\. .*--plugin fair-geometric/,
    );
  });
});

describe('passes per step', () => {
  it('counts what a distillation step computes', async () => {
    const [cost] = passesPerStep(await composed({}));
    expect(cost!.passes).to.deep.equal([
      { network: 'student', purpose: 'inner attack', forward: 10, backward: 10 },
      { network: 'teacher', purpose: 'logits of clean images', forward: 1, backward: 0 },
      { network: 'student', purpose: 'loss on adversarial images', forward: 1, backward: 1 },
      { network: 'student', purpose: 'loss on clean images', forward: 1, backward: 1 },
    ]);
    expect(cost).to.include({ forward: 13, backward: 12 });
  });

  it('counts the teacher at every iterate where the objective asks for that', async () => {
    const [cost] = passesPerStep(await composed({ objective: { id: 'adaptive' } }));
    expect(cost!.passes).to.deep.include({
      network: 'teacher',
      purpose: 'inner attack, at each iterate',
      forward: 10,
      backward: 10,
    });
  });

  it('counts a repeated pass once and what an estimator asks for on top', async () => {
    const twice = method('twice', { studentPasses: ['clean', 'adversarial', 'clean'] });
    const curious = estimator('curious', { needs: ['teacherAdversarialLogits'] });
    const costs = passesPerStep(
      await composed({ method: { id: 'twice' }, estimator: { id: 'curious' } }, twice, curious),
    );
    expect(costs).to.have.length(1);
    expect(costs[0]).to.include({ forward: 14, backward: 12 });
  });

  it('counts each phase of a method by what its terms look at, and phases of one cost as one', async () => {
    const changing = method('changing', {
      phase: (epoch) => ['early', 'later', 'late'][Math.min(epoch, 2)]!,
      passesInPhase: (phase) =>
        phase === 'late' ? ['adversarial', 'clean', 'clean'] : ['adversarial', 'clean'],
      needsInPhase: (phase) =>
        phase === 'late'
          ? ['studentAdversarialLogits', 'studentCleanLogits', 'teacherCleanLogits']
          : ['studentAdversarialLogits'],
    });
    const costs = passesPerStep(await composed({ method: { id: 'changing' } }, changing));
    expect(costs.map(({ from, to, forward, backward }) => [from, to, forward, backward])).to.deep.equal([
      [0, 1, 13, 11],
      [2, 199, 13, 12],
    ]);
  });
});
