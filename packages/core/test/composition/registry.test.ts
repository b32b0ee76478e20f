import { expect } from 'chai';
import { createContainer, tokens, type Registry } from '../../src/host.js';
import { basics, failure, loaded, method, registryOf, withComponents } from './fake-plugins.js';

describe('registry', () => {
  it('lists components by kind, with the plugin each came from', () => {
    const registry = registryOf(basics);
    expect(registry.list('attack').map(({ component }) => component.id)).to.deep.equal(['pgd', 'square']);
    expect(registry.list('attack')[0]!.from.packageName).to.equal('ard-plugin-basics');
    expect(registry.list('exporter')).to.deep.equal([]);
    expect(registry.list().length).to.equal(basics.components.length);
  });

  it('finds variants under their own name or behind the component', () => {
    const registry = registryOf(basics);
    expect(registry.get('model', 'resnet-20').variant?.options).to.deep.equal({ depth: 20 });
    expect(registry.get('model', 'resnet:resnet-20').name).to.equal('resnet-20');
    expect(registry.get('attack', 'pgd:trades').name).to.equal('pgd:trades');
    expect(registry.get('attack', 'trades').name).to.equal('pgd:trades');
    expect(registry.get('attack', 'pgd').variant).to.equal(undefined);
  });

  it('answers an unknown id with who asked and the nearest names', async () => {
    const registry = registryOf(basics);
    const message = await failure(() => registry.get('model', 'resnet-21', '--student'));
    expect(message).to.contain('Unknown model "resnet-21" (from --student). Did you mean resnet-20');
    expect(message).to.contain('`ard list model` describes all');
    expect(message).to.not.contain('Known:');
  });

  it('puts a name of other capitals first', async () => {
    const message = await failure(() => registryOf(basics).get('model', 'ResNet'));
    expect(message).to.contain('Did you mean resnet or');
  });

  it('lists all names when none is near', async () => {
    const message = await failure(() => registryOf(basics).get('model', 'transformer'));
    expect(message).to.contain('Unknown model "transformer". Known: resnet, resnet-20, resnet-56.');
  });

  it('says when the id belongs to another kind', async () => {
    expect(await failure(() => registryOf(basics).get('model', 'pgd'))).to.contain('it is of kind attack');
  });

  it('refuses two packages with one id and names both', async () => {
    const message = await failure(() => registryOf(basics, withComponents(method('rslad'))));
    expect(message).to.contain(
      'Both ard-plugin-basics and ard-plugin-extra contribute method "rslad". Load only one of the two packages.',
    );
  });

  it('binds a plugin that was loaded twice once', () => {
    const container = createContainer([loaded(basics), loaded(basics)]);
    expect(container.get<Registry>(tokens.registry).list('model').length).to.equal(1);
  });

  it('is empty without plugins', () => {
    expect(registryOf().list()).to.deep.equal([]);
  });

  it('knows presets and their plugins', async () => {
    const registry = registryOf({ ...basics, presets: [{ id: 'fair-rslad', summary: 's', config: {} }] });
    expect(registry.preset('fair-rslad').from.plugin.name).to.equal('basics');
    expect(await failure(() => registry.preset('fair-rsald'))).to.contain('Did you mean fair-rslad?');
  });
});
