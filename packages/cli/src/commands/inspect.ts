import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { compositionFlags, jsonFlag, meaning, setFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Inspect extends Command {
  static override summary = 'Say what is in a checkpoint, and compare its logits with a reference.';
  static override description =
    'Shows format, wrapper, tensors, the model that names and shapes fit, its classes, and what is known of its' +
    ' normalisation. Nothing in the file is run. The reference of --verify is described in docs/checkpoints.md.';
  static override examples = [
    '<%= config.bin %> inspect teacher.pth',
    '<%= config.bin %> inspect teacher.pth --verify reference.json',
    '<%= config.bin %> inspect teacher.pth --verify reference.json --dataset cifar10 --data-dir cifar-10-batches-bin',
  ];
  static override args = {
    file: Args.string({
      required: true,
      description:
        'safetensors, PyTorch or ONNX file, folder of a run, or a teacher of the store; MODEL:FILE names its model',
    }),
  };
  static override flags = {
    verify: Flags.string({
      helpValue: 'REFERENCE',
      summary:
        'JSON file with logits of another program; compares them on its inputs or on the first test images.',
    }),
    tolerance: Flags.string({
      helpValue: 'NUMBER',
      default: '1e-4',
      summary: 'How much a logit may differ, as a part of the largest one of its image.',
    }),
    plugin: pluginsFlag,
    dataset: meaning(compositionFlags.dataset, 'Images of --verify, where the reference holds none.'),
    'data-dir': meaning(compositionFlags['data-dir']),
    engine: meaning(compositionFlags.engine),
    set: setFlag('student, dataset or engine', 'student.depth', '56'),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    const { inspectCommand } = await import('../run/inspect-command.js');
    await inspectCommand(args.file, flags);
  }
}
