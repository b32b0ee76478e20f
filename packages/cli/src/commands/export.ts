import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { compositionFlags, jsonFlag, meaning, setFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Export extends Command {
  static override summary = 'Write a trained network for the place where it will run.';
  static override description =
    'The files are run before they are kept, and their logits compared with those of the network. Existing files' +
    ' are left alone. `ard list exporter` shows the formats, `ard show <format>` their options.';
  static override examples = [
    '<%= config.bin %> export runs/x',
    '<%= config.bin %> export runs/x --format onnx --set exporter.gradient=true --out web',
    '<%= config.bin %> export resnet-18:model.safetensors --dataset cifar10 --format onnx --out deploy',
  ];
  static override args = {
    network: Args.string({
      required: true,
      description:
        'folder of a run, a checkpoint (safetensors, PyTorch), or a teacher of the store; MODEL:FILE names its model',
    }),
  };
  static override flags = {
    plugin: pluginsFlag,
    format: Flags.string({
      char: 'f',
      default: 'onnx',
      helpValue: 'FORMAT',
      summary: 'Exporter by id.',
    }),
    out: Flags.string({
      char: 'o',
      helpValue: 'FOLDER',
      summary: 'Where the files go; the folder export of a run, else the working directory.',
    }),
    name: Flags.string({
      helpValue: 'NAME',
      summary: 'What the files are called, without ending; student for runs, else as the file.',
    }),
    force: Flags.boolean({ summary: 'Replace files that exist.' }),
    dataset: Flags.string({
      helpValue: 'DATASET',
      summary: 'Images that the network is for, where run or file do not say.',
    }),
    'data-dir': meaning(compositionFlags['data-dir']),
    engine: meaning(compositionFlags.engine),
    set: setFlag('exporter, student, dataset or engine', 'exporter.gradient', 'true'),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Export);
    const { exportCommand } = await import('../run/export-command.js');
    await exportCommand(args.network, flags);
  }
}
