import { Command } from '@oclif/core/command';
import { jsonFlag } from '../../composition-flags.js';

export default class PluginsList extends Command {
  static override summary = 'List the plugins that this user installed, and those that come with ard.';
  static override examples = ['<%= config.bin %> plugins list'];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(PluginsList);
    const { listPluginsCommand } = await import('../../run/plugins-command.js');
    await listPluginsCommand(flags);
  }
}
