import { expect } from 'chai';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, temporaryFolder, type CliResult } from './cli-process.js';

interface Entry {
  readonly name: string;
  readonly place: string;
  readonly version: string;
  readonly error?: string;
}

describe('ard plugins', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const ard = (...args: readonly string[]): Promise<CliResult> => runCli(args, folder.path);
  const installed = (): string => join(folder.path, 'data-home', 'ard', 'plugins', 'node_modules');

  /** A package without dependencies, so that nothing is asked of a registry. */
  function writePackage(name: string, changes: object, code = ''): void {
    const path = join(folder.path, name);
    mkdirSync(path, { recursive: true });
    const manifest = { name, version: '1.2.3', type: 'module', ...changes };
    writeFileSync(join(path, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(path, 'index.js'), code);
  }

  const plugin = (summary: string): string => `export default {
    apiVersion: 1, name: 'quiet', version: '1.2.3', summary: '${summary}', components: [],
    presets: [{ id: 'quiet', summary: 'one epoch', config: { training: { epochs: 1 } } }], defaultPreset: 'quiet',
  };`;

  before(async () => {
    folder = await temporaryFolder();
    const ardEntry = { ard: { apiVersion: 1, plugin: './index.js' } };
    writePackage('ard-plugin-quiet', ardEntry, plugin('says little'));
    writePackage('no-plugin', {});
    writePackage('ard-plugin-broken', ardEntry, 'throw new Error("not today");');
    writePackage('ard-plugin-newer', { ard: { apiVersion: 2, plugin: './index.js' } });
  });
  after(() => folder.remove());

  it('installs a plugin for every project, lists it, and removes it again', async () => {
    const { code, stdout, stderr } = await ard('plugins', 'install', './ard-plugin-quiet');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('ard-plugin-quiet 1.2.3: says little');
    expect(stdout).to.contain('It brings preset quiet.').and.contain('Use it: --plugin quiet');

    const again = await ard('plugins', 'install', './ard-plugin-quiet', '--json');
    expect((JSON.parse(again.stdout) as Entry).name, again.stderr).to.equal('quiet');

    const list = JSON.parse((await ard('plugins', 'list', '--json')).stdout) as Entry[];
    expect(list[0]).to.include({ name: 'quiet', place: 'installed', version: '1.2.3' });
    expect(list.filter(({ place }) => place === 'bundled').map(({ name }) => name)).to.include(
      'fair-geometric',
    );

    const used = await ard(
      ...['explain', '--plugin', 'adversarial-training', '--plugin', 'quiet', '--dataset', 'generated'],
    );
    expect(used.stdout, used.stderr).to.match(/epochs +1 +from preset quiet/);

    const removed = await ard('plugins', 'remove', 'quiet');
    expect(removed.stdout, removed.stderr).to.contain('Removed ard-plugin-quiet.');
    expect(existsSync(join(installed(), 'ard-plugin-quiet'))).to.equal(false);
    expect((await ard('explain', '--plugin', 'quiet')).stderr).to.contain('Unknown plugin "quiet"');
  });

  const refused: readonly { what: string; args: readonly string[]; says: readonly string[] }[] = [
    { what: 'a package that is no plugin', args: ['install', './no-plugin'], says: ['is no plugin'] },
    {
      what: 'a plugin that fails while it is imported',
      args: ['install', './ard-plugin-broken'],
      says: ['failed while it was imported: not today'],
    },
    {
      what: 'a plugin for another version of ard',
      args: ['install', './ard-plugin-newer'],
      says: ['made for plugin API 2', 'Upgrade @ard/cli.'],
    },
    { what: 'a folder that is not there', args: ['install', './nowhere'], says: ['npm: ', 'nowhere'] },
    {
      what: 'to remove what is not there',
      args: ['remove', 'quiet'],
      says: ['No plugin "quiet" is installed', 'ard plugins list'],
    },
  ];
  for (const { what, args, says } of refused) {
    it(`refuses ${what}, and keeps nothing of it`, async () => {
      const { code, stderr } = await ard('plugins', ...args);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^Error: /m);
      expect(stderr).to.not.contain('    at ');
      for (const part of says) expect(stderr).to.contain(part);
      const list = JSON.parse((await ard('plugins', 'list', '--json')).stdout) as Entry[];
      expect(list.filter(({ place }) => place === 'installed')).to.deep.equal([]);
    });
  }
});
