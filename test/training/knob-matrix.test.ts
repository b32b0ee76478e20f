import {
  ArdError,
  defineComponent,
  definePlugin,
  knobNames,
  type Engine,
  type KnobName,
  type PartialConfig,
} from '@ard/core';
import { expect } from 'chai';
import { z } from 'zod';
import { composePreset, plainState, runTiny } from '../support/composed-training.js';
import { idsOf, methodPlugins, methodPresets } from '../support/method-plugins.js';
import { cpuEngine } from '../support/tiny-parts.js';

/** No knob is ever ignored silently: every method either trains differently under it or refuses it with the reason. */

/** A strategy that turns one knob, differently for even and odd classes. */
const turning = definePlugin({
  name: 'turning',
  version: '0.1.0',
  summary: 'Turns one knob',
  presets: [],
  components: [
    defineComponent({
      kind: 'strategy',
      id: 'turning',
      summary: 'Turns one knob',
      options: z.object({
        knob: z
          .enum(knobNames as [KnobName, ...KnobName[]])
          .default('lossWeight')
          .describe('which'),
      }),
      create: ({ knob }) => {
        const knobs = (classes: number) => ({
          [knob]: Array.from({ length: classes }, (_, index) => (index % 2 === 0 ? 1.5 : 0.1)),
        });
        return {
          needs: {},
          knobs: [knob],
          init: () => null,
          initialKnobs: knobs,
          update: (_, { classes }) => ({ state: null, knobs: knobs(classes) }),
        };
      },
    }),
  ],
});

const plugins = [...methodPlugins, turning];

/** A preset for every method. */
const presetOf = (method: string): string =>
  [...methodPresets.values()].find(
    ({ config }) => config.method!.id!.split(':')[0] === method && config.strategy === undefined,
  )!.id;

const tiny = (attacks: boolean): PartialConfig => ({
  dataset: { id: 'generated', options: { size: 8, trainCount: 10, testCount: 10 } },
  ...(attacks ? { attack: { options: { steps: 2 } } } : {}),
  optimizer: { options: { learningRate: 0.01 } },
  training: { epochs: 1, batchSize: 10, evaluateEvery: 0 },
});

async function compose(method: string, changes: PartialConfig) {
  const { innerAttack } = await composePreset(plugins, presetOf(method));
  return await composePreset(plugins, presetOf(method), [tiny(innerAttack !== undefined), changes]);
}

async function refusal(composing: Promise<unknown>): Promise<string | undefined> {
  try {
    await composing;
    return undefined;
  } catch (error) {
    expect(error).to.be.instanceOf(ArdError);
    return (error as ArdError).message;
  }
}

describe('class knobs', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  for (const method of idsOf('method')) {
    it(`change the training of ${method}, or are refused with the reason`, async () => {
      const plain = await plainState((await runTiny(await compose(method, {}), engine)).state);
      const honoured: string[] = [];
      for (const knob of knobNames) {
        const composing = compose(method, { strategy: { id: 'turning', options: { knob } } });
        const message = await refusal(composing);
        if (message !== undefined) {
          expect(message).to.match(
            new RegExp(
              `^strategy turning turns the class knob "${knob}", which method ${method}\\S* does not honour`,
            ),
          );
          continue;
        }
        const { parameters } = await plainState((await runTiny(await composing, engine)).state);
        expect(parameters, knob).not.to.deep.equal(plain.parameters);
        honoured.push(knob);
      }
      expect(honoured).to.include('lossWeight');
    });
  }

  it('that a strategy turns are honoured, or the pair is refused by name: every strategy, every method', async () => {
    const refused: string[] = [];
    for (const method of idsOf('method')) {
      for (const strategy of idsOf('strategy')) {
        const message = await refusal(
          compose(method, { strategy: { id: strategy }, estimator: { id: 'teacher-confidence' } }),
        );
        if (message === undefined) continue;
        expect(message).to.contain(`strategy ${strategy}`).and.to.contain(`method ${method}`);
        expect(message).to.match(/does not honour|never computes|does not compute/);
        refused.push(`${method} ${strategy}`);
      }
    }
    // no teacher, no temperature; no attack, no radius; no clean term, no weight of its own
    expect(refused).to.include.members(['trades absld', 'kd cfa', 'standard dafa', 'pgd-at frl']);
    expect(refused).not.to.include.members(['rslad absld', 'trades frl', 'mtard geometric', 'trades cfa']);
  });

  it('and what else makes no sense is said: difficulty that nobody looks at, phases that never come', async () => {
    const notes = async (method: string, changes: PartialConfig): Promise<readonly string[]> =>
      (await compose(method, changes)).notes;
    expect(await notes('trades', { estimator: { id: 'kappa' } })).to.deep.equal([
      'estimator kappa is measured and logged, but there is no strategy.',
    ]);
    expect(await notes('trades', { estimator: { id: 'kappa' }, strategy: { id: 'wat' } })).to.deep.equal([
      'estimator kappa is measured and logged, but strategy wat does not look at difficulties.',
    ]);
    // weights found in one epoch apply in the next: with one epoch alone there is a note about that, too
    const training = { epochs: 2 };
    expect(await notes('kd', { strategy: { id: 'focal' }, training })).to.deep.equal([
      'strategy focal looks at training results, and method kd has none of adversarial images: robust accuracies are' +
        ' unknown to it, and what is made of them changes nothing.',
    ]);
    expect(await notes('iad', { training: { epochs: 8 } })).to.deep.equal([
      'method iad changes its loss in epoch 60, counted from 0, which a training of 8 epochs does not reach.',
    ]);
    expect(await notes('iad', { training: { epochs: 61 } })).to.deep.equal([]);
    const fair = { estimator: { id: 'kappa' }, strategy: { id: 'geometric' } };
    expect(await notes('rslad', { ...fair, training })).to.deep.equal([]);
    expect(await notes('rslad', fair)).to.have.length(1);
  });
});
