import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { compositionFlags, jsonFlag, meaning, setFlag } from '../../composition-flags.js';
import { pluginsFlag } from '../../plugins-flag.js';

export default class DataCheck extends Command {
  static override summary = 'Check the files of a data set: checksums, corrupt files, classes, duplicates.';
  static override description =
    'Recognises the data set by the names in the folder, compares files with the official checksums, reads' +
    ' everything, and counts images per class. Exit code 1 when something is wrong.';
  static override examples = [
    '<%= config.bin %> data check path/to/cifar-10-batches-bin',
    '<%= config.bin %> data check my-photos --dataset image-folder --set dataset.size=64',
  ];
  static override args = {
    directory: Args.string({ required: true, description: 'folder (or .npz file) that holds the data set' }),
  };
  static override flags = {
    plugin: pluginsFlag,
    dataset: meaning(
      compositionFlags.dataset,
      'Which data set it is, where the names in the folder do not say.',
    ),
    set: setFlag('dataset', 'dataset.size', '64'),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DataCheck);
    const { checkData } = await import('../../run/data/check-data.js');
    await checkData(args.directory, flags);
  }
}
