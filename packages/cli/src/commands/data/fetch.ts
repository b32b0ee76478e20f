import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { jsonFlag } from '../../composition-flags.js';
import { pluginsFlag } from '../../plugins-flag.js';

export default class DataFetch extends Command {
  static override summary = 'Download a data set from its official address, check it and unpack it.';
  static override description =
    'Goes on where an earlier download was interrupted. Files are used only when their checksum is the official one.';
  static override examples = [
    '<%= config.bin %> data fetch cifar10',
    '<%= config.bin %> data fetch svhn --from https://mirror.example.org/svhn',
  ];
  static override args = {
    dataset: Args.string({ required: true, description: 'id of the data set, such as cifar10' }),
  };
  static override flags = {
    plugin: pluginsFlag,
    'data-dir': Flags.string({
      helpValue: 'FOLDER',
      summary: 'Where to put it; where it is looked for by itself when not given.',
    }),
    from: Flags.string({
      helpValue: 'ADDRESS',
      summary: 'A mirror: address of the folder that holds the same files.',
    }),
    quiet: Flags.boolean({ summary: 'Print the result only.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DataFetch);
    const { fetchData } = await import('../../run/data/fetch-data.js');
    await fetchData(args.dataset, flags);
  }
}
