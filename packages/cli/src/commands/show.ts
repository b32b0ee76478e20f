import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { jsonFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Show extends Command {
  static override summary =
    'Describe a component or preset: options with allowed values, defaults and meaning.';
  static override examples = ['<%= config.bin %> show pgd', '<%= config.bin %> show fair-rslad'];
  static override args = {
    component: Args.string({ required: true, description: 'id of a component, variant or preset' }),
  };
  static override flags = { plugin: pluginsFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show);
    const { showComponent } = await import('../run/show-component.js');
    await showComponent(args.component, flags);
  }
}
