import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { jsonFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class List extends Command {
  static override summary = 'Show what there is to choose from.';
  static override description =
    'Components of all loaded plugins by kind, with the plugin each came from, and presets. Any id can be given' +
    ' to `ard show`.';
  static override examples = ['<%= config.bin %> list', '<%= config.bin %> list attack'];
  static override args = {
    kind: Args.string({
      description:
        'model, dataset, attack, objective, method, estimator, strategy, optimizer, schedule, averaging, engine, exporter,' +
        ' tracker, launcher or preset; all when not given',
    }),
  };
  static override flags = { plugin: pluginsFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List);
    const { listComponents } = await import('../run/list-components.js');
    await listComponents(args.kind, flags);
  }
}
