import { expect } from 'chai';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadPlugins, type PluginLookup } from '../../src/host.js';
import { failure } from './fake-plugins.js';

const valid = (name: string): string =>
  `export default { apiVersion: 1, name: '${name}', version: '1.0.0', summary: 's', components: [], presets: [] };`;

describe('loading plugins', () => {
  let folder: string;
  let lookup: PluginLookup;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ard-plugins-'));
    lookup = {
      projectDirectory: join(folder, 'project', 'deeper'),
      installedDirectory: join(folder, 'installed'),
      bundled: { directory: join(folder, 'cli'), packages: ['@ard/plugin-fair-geometric'] },
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  async function plugin(
    directory: string,
    {
      name = 'some-plugin',
      manifest = { apiVersion: 1, plugin: './index.js' } as unknown,
      code = valid(name),
    } = {},
  ): Promise<void> {
    await write(
      `${directory}/package.json`,
      JSON.stringify({ name, version: '1.0.0', type: 'module', ard: manifest }),
    );
    await write(`${directory}/index.js`, code);
  }

  async function places(...names: readonly string[]): Promise<readonly string[]> {
    return (await loadPlugins(names, lookup)).map(({ packageName, place }) => `${packageName} ${place}`);
  }

  it('prefers the project to what the user installed, and that to what is bundled', async () => {
    await plugin('cli/node_modules/@ard/plugin-x', { name: '@ard/plugin-x' });
    expect(await places('x')).to.deep.equal(['@ard/plugin-x bundled']);
    await plugin('installed/node_modules/ard-plugin-x', { name: 'ard-plugin-x' });
    expect(await places('x')).to.deep.equal(['ard-plugin-x installed']);
    await plugin('project/node_modules/x', { name: 'x' });
    expect(await places('x')).to.deep.equal(['x project']);
    await plugin('project/node_modules/@ard/plugin-x', { name: '@ard/plugin-x' });
    expect(await places('x', '@ard/plugin-x')).to.deep.equal(['@ard/plugin-x project']);
  });

  it('takes a path to a plugin folder', async () => {
    await plugin('project/mine', { name: 'mine' });
    expect(await places('../mine')).to.deep.equal(['mine path']);
    expect(await places(join(folder, 'project/mine'))).to.deep.equal(['mine path']);
  });

  it('loads a package once, however often and by whatever way it is named', async () => {
    await plugin('project/mine', { name: 'ard-plugin-mine' });
    await mkdir(join(folder, 'project/node_modules'));
    await symlink(join(folder, 'project/mine'), join(folder, 'project/node_modules/ard-plugin-mine'));
    expect(await places('mine', '../mine', 'ard-plugin-mine')).to.deep.equal(['ard-plugin-mine project']);
  });

  it('answers an unknown name with the nearest and with where it looked', async () => {
    await plugin('project/node_modules/ard-plugin-worst-class', { name: 'ard-plugin-worst-class' });
    const text = await failure(() => loadPlugins(['fair-geometrc'], lookup));
    expect(text).to.contain('Unknown plugin "fair-geometrc"');
    expect(text).to.contain(join(folder, 'installed'));
    expect(text).to.contain('Did you mean fair-geometric?');
    expect(await failure(() => loadPlugins(['zzz'], lookup))).to.contain(
      'Known plugins: fair-geometric, worst-class.',
    );
    expect(await failure(() => loadPlugins(['./nowhere'], lookup))).to.contain('is no plugin');
  });

  it('passes by packages of that name that are no plugins', async () => {
    await write('project/node_modules/yaml/package.json', '{"name":"yaml"}');
    expect(await failure(() => loadPlugins(['yaml'], lookup))).to.contain('Unknown plugin "yaml"');
  });

  it('refuses another API version and names what to upgrade', async () => {
    await plugin('project/node_modules/old', {
      name: 'old',
      manifest: { apiVersion: 0, plugin: './index.js' },
    });
    await plugin('project/node_modules/new', {
      name: 'new',
      manifest: { apiVersion: 2, plugin: './index.js' },
    });
    expect(await failure(() => loadPlugins(['old'], lookup))).to.equal(
      'Plugin old is made for plugin API 0, this ard has 1. Upgrade old.',
    );
    expect(await failure(() => loadPlugins(['new'], lookup))).to.equal(
      'Plugin new is made for plugin API 2, this ard has 1. Upgrade @ard/cli.',
    );
  });

  it('reports what fails while a plugin is imported, with its name', async () => {
    await plugin('project/node_modules/a', { name: 'a', code: "throw new Error('no such thing');" });
    expect(await failure(() => loadPlugins(['a'], lookup))).to.contain(
      'Plugin a failed while it was imported: no such thing',
    );
    await plugin('project/node_modules/b', {
      name: 'b',
      manifest: { apiVersion: 1, plugin: './dist/index.js' },
    });
    expect(await failure(() => loadPlugins(['b'], lookup))).to.contain('does not exist. Build the plugin');
  });

  it('checks the exported object by its shape', async () => {
    await plugin('project/node_modules/a', { name: 'a', code: 'export const plugin = 1;' });
    expect(await failure(() => loadPlugins(['a'], lookup))).to.contain('has no object as its default export');
    const component = "{ kind: 'atack', id: 'x', summary: '', options: {}, create() {} }";
    await plugin('project/node_modules/b', {
      name: 'b',
      code: valid('b').replace('components: []', `components: [${component}]`),
    });
    expect(await failure(() => loadPlugins(['b'], lookup))).to.contain('Plugin b: components.0.kind');
  });
});
