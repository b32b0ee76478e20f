import { expect } from 'chai';
import { configFromSetting, parseConfig, plainConfig, resolveConfig } from '../../src/host.js';
import { baseLayer, basics, failure, layer, registryOf, teacherLayer } from './fake-plugins.js';

const registry = registryOf(basics);

describe('resolving a configuration', () => {
  it('gives every option a value and an origin', async () => {
    const config = await resolveConfig(
      [
        baseLayer,
        layer('preset fair-rslad', { attack: { options: { steps: 7 } }, training: { epochs: 300 } }),
        layer('--set', { attack: { options: { steps: 5 } } }),
      ],
      registry,
    );
    const { attack } = config.components;
    expect(attack!.values).to.deep.equal({ steps: 5, stepSize: 0.01, start: 'gaussian' });
    expect(attack!.origins).to.deep.equal({ steps: '--set', stepSize: 'default', start: 'method rslad' });
    expect(attack!.origin).to.equal('method rslad');
    expect(config.training.values.epochs).to.equal(300);
    expect(config.training.origins).to.include({
      epochs: 'preset fair-rslad',
      attackMode: 'method rslad',
      seed: 'default',
    });
  });

  it('drops options meant for a component that a later layer replaces', async () => {
    const config = await resolveConfig([baseLayer, layer('--set', { attack: { id: 'square' } })], registry);
    expect(config.components.attack!.named.name).to.equal('square');
    expect(config.components.attack!.values).to.deep.equal({});
  });

  it('takes a variant for exactly what it is called', async () => {
    const layers = [
      baseLayer,
      layer('a preset', { attack: { options: { stepSize: 0.5 } } }),
      layer('--set', { attack: { id: 'pgd:trades' } }),
      layer('later', { attack: { options: { steps: 3 } } }),
    ];
    const { attack } = (await resolveConfig(layers, registry)).components;
    expect(attack!.values).to.deep.equal({ steps: 3, stepSize: 0.007, start: 'gaussian' });
    expect(attack!.origins).to.deep.equal({
      steps: 'later',
      stepSize: '--set (pgd:trades)',
      start: '--set (pgd:trades)',
    });
  });

  it('keeps the options below when a layer names the same component again', async () => {
    const layers = [baseLayer, layer('--set', { attack: { id: 'pgd', options: { steps: 2 } } })];
    const { attack } = (await resolveConfig(layers, registry)).components;
    expect(attack!.values).to.deep.equal({ steps: 2, stepSize: 0.01, start: 'gaussian' });
    expect(attack!.origin).to.equal('--set');
  });

  it('minds an unknown component only where nothing replaces it', async () => {
    const missing = layer('default', { engine: { id: 'not-installed' } });
    const config = await resolveConfig([missing, baseLayer], registry);
    expect(config.components.engine!.named.name).to.equal('paper');
    expect(await failure(() => resolveConfig([baseLayer, missing], registry))).to.contain(
      'Unknown engine "not-installed" (from default)',
    );
  });

  it('resolves to the same run again from its plain form', async () => {
    const first = plainConfig(await resolveConfig([baseLayer, teacherLayer], registry));
    const again = plainConfig(await resolveConfig([layer('config.json', first)], registry));
    expect(again).to.deep.equal(first);
    expect(first.teacher).to.deep.equal({
      id: 'resnet',
      options: { depth: 56 },
      checkpoint: 'teacher.safetensors',
    });
  });

  const bad: readonly { what: string; path: string; value: unknown; message: string }[] = [
    {
      what: 'an unknown option',
      path: 'attack.stpes',
      value: 5,
      message:
        'attack.stpes (from --set): pgd has no option "stpes". Options: steps, stepSize, start. Did you mean steps?',
    },
    {
      what: 'a value below its range',
      path: 'attack.steps',
      value: 0,
      message: 'attack.steps is 0 (from --set), allowed is: integer, at least 1.',
    },
    {
      what: 'a value above its range',
      path: 'attack.stepSize',
      value: 2,
      message: 'attack.stepSize is 2 (from --set), allowed is: number, above 0, at most 1.',
    },
    {
      what: 'a value that is no number',
      path: 'attack.steps',
      value: NaN,
      message: 'attack.steps is NaN (from --set), allowed is: integer, at least 1.',
    },
    {
      what: 'a value that is none of the choices',
      path: 'attack.start',
      value: 'normal',
      message: 'attack.start is "normal" (from --set), allowed is: one of uniform, gaussian.',
    },
    {
      what: 'a value of another type',
      path: 'training.epochs',
      value: 'many',
      message: 'training.epochs is "many" (from --set), allowed is: integer, at least 1.',
    },
    {
      what: 'an unknown training option',
      path: 'training.epoch',
      value: 3,
      message: 'Did you mean epochs?',
    },
    { what: 'an unknown component', path: 'student', value: 'resnet-2', message: 'Unknown model "resnet-2"' },
    { what: 'an unknown part', path: 'atack.steps', value: 1, message: 'Did you mean attack?' },
    { what: 'a path that is too deep', path: 'attack.a.b', value: 1, message: 'goes too deep' },
    { what: 'a part of the wrong form', path: 'student', value: 3, message: 'student must be an id' },
    {
      what: 'options of an empty slot',
      path: 'strategy.beta',
      value: 1,
      message: 'nothing says which strategy that is',
    },
  ];
  for (const { what, path, value, message } of bad) {
    it(`refuses ${what} in one line`, async () => {
      const text = await failure(() =>
        resolveConfig([baseLayer, layer('--set', configFromSetting(path, value, '--set'))], registry),
      );
      expect(text).to.contain(message);
      expect(text).not.to.contain('\n');
    });
  }
});

describe('written configurations', () => {
  it('may name a component by its id alone', () => {
    expect(parseConfig({ student: 'resnet-20', training: { epochs: 1 } }, 'ard.config.yaml')).to.deep.equal({
      student: { id: 'resnet-20' },
      training: { epochs: 1 },
    });
  });

  it('keep options apart from id and checkpoint', async () => {
    const text = await failure(() =>
      parseConfig({ method: { id: 'rslad', temperature: 2 } }, 'ard.config.yaml'),
    );
    expect(text).to.equal(
      'ard.config.yaml: method has no field "temperature"; it has id, options, checkpoint.' +
        ' Options of the component go under method.options.',
    );
  });

  it('have a path for every part', () => {
    expect(configFromSetting('method.temperature', 2, '--set')).to.deep.equal({
      method: { options: { temperature: 2 } },
    });
    expect(configFromSetting('method', 'rslad', '--set')).to.deep.equal({ method: { id: 'rslad' } });
    expect(configFromSetting('teacher.checkpoint', 'a', '--set')).to.deep.equal({
      teacher: { checkpoint: 'a' },
    });
    expect(configFromSetting('training.epochs', 2, '--set')).to.deep.equal({ training: { epochs: 2 } });
  });
});
