import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { jsonFlag } from '../../composition-flags.js';

export default class PluginsInstall extends Command {
  static override summary = 'Install a plugin for every project of this user.';
  static override description =
    'Takes what npm takes: a package, with a version or not, a folder, a tarball, an address. A short name NAME is the' +
    ' package ard-plugin-NAME. Install scripts of packages are not run; what is no plugin, or one for another version' +
    ' of ard, is not kept. A plugin that one project needs belongs into the package.json of that project instead.';
  static override examples = [
    '<%= config.bin %> plugins install robust-error',
    '<%= config.bin %> plugins install @lab/ard-plugin-curriculum@2.1.0',
    '<%= config.bin %> plugins install ./ard-plugin-robust-error-0.1.0.tgz',
  ];
  static override args = {
    plugin: Args.string({ required: true, description: 'short name, package, folder, tarball or address' }),
  };
  static override flags = {
    quiet: Flags.boolean({ summary: 'Print the result only.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsInstall);
    const { installPluginCommand } = await import('../../run/plugins-command.js');
    await installPluginCommand(args.plugin, flags);
  }
}
