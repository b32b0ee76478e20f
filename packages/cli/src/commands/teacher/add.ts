import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { compositionFlags, jsonFlag, meaning, setFlag } from '../../composition-flags.js';
import { pluginsFlag } from '../../plugins-flag.js';

export default class TeacherAdd extends Command {
  static override summary = 'Check a teacher and keep it under a name, found by its hash ever after.';
  static override description =
    'From a file, a run, or an address; what comes from the network needs --sha256. Model and normalisation are found' +
    ' as for --teacher. With --dataset its clean accuracy is measured.';
  static override examples = [
    '<%= config.bin %> teacher add model_cifar_wrn.pt --as trades-wrn-34-10 --dataset cifar10 --data-dir cifar-10-batches-bin',
    '<%= config.bin %> teacher add https://example.org/teacher.pt --sha256 <64 digits> --name mine',
  ];
  static override args = {
    source: Args.string({ required: true, description: 'file, folder of a run, or address' }),
  };
  static override flags = {
    sha256: Flags.string({
      helpValue: 'HASH',
      summary: 'Hash the file must have; mandatory for an address.',
    }),
    name: Flags.string({ helpValue: 'NAME', summary: 'Name to use it by; else that of the file.' }),
    as: Flags.string({
      helpValue: 'PUBLISHED',
      summary: 'Published teacher that it must be; `ard teacher list --known` shows them.',
    }),
    model: Flags.string({
      helpValue: 'MODEL',
      summary: 'Model it is of, where names and shapes leave it open.',
    }),
    plugin: pluginsFlag,
    dataset: meaning(compositionFlags.dataset, 'Images on which its clean accuracy is measured.'),
    'data-dir': meaning(compositionFlags['data-dir']),
    'test-samples': meaning(compositionFlags['test-samples']),
    engine: meaning(compositionFlags.engine),
    set: setFlag('teacher, dataset or engine', 'teacher.depth', '20'),
    quiet: Flags.boolean({ summary: 'Show no progress, only the result.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TeacherAdd);
    const { addTeacherCommand } = await import('../../run/teacher-command.js');
    await addTeacherCommand(args.source, flags);
  }
}
