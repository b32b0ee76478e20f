import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { jsonFlag } from '../../composition-flags.js';

export default class PluginsRemove extends Command {
  static override summary = 'Remove a plugin that this user installed.';
  static override examples = ['<%= config.bin %> plugins remove robust-error'];
  static override args = { plugin: Args.string({ required: true, description: 'short name or package' }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsRemove);
    const { removePluginCommand } = await import('../../run/plugins-command.js');
    await removePluginCommand(args.plugin, flags);
  }
}
