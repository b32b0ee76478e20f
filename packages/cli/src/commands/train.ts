import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { compositionFlags, jsonFlag } from '../composition-flags.js';

export default class Train extends Command {
  static override summary = 'Train a student, and say how robust each class is in the end.';
  static override description =
    'Without --dataset this is a quick start: images are generated, a small robust teacher is trained first where' +
    ' the method needs one, and everything ends within minutes. Later flags win over earlier ones, flags over the' +
    ' configuration file, and that over presets; `ard explain` with the same flags shows what comes out.' +
    ' Ctrl-C saves and says how to go on.';
  static override examples = [
    {
      description: 'The main job, on generated images',
      command: '<%= config.bin %> train --plugin fair-geometric',
    },
    {
      description: 'On CIFAR-10, from a teacher of your own, made short',
      command:
        '<%= config.bin %> train --plugin fair-geometric --dataset cifar10 --data-dir cifar-10-batches-bin' +
        ' --teacher resnet-56:teacher.safetensors --train-samples 5000 --epochs 2',
    },
    {
      description: 'A robust teacher',
      command: '<%= config.bin %> train --plugin adversarial-training --name teacher',
    },
    {
      description: 'Go on with a run that was stopped',
      command: '<%= config.bin %> train --resume runs/teacher',
    },
  ];
  static override flags = {
    ...compositionFlags,
    name: Flags.string({
      helpValue: 'NAME',
      summary: 'Name of the run; its folder is runs/NAME.',
      exclusive: ['run-dir'],
      helpGroup: 'RUN',
    }),
    'run-dir': Flags.string({
      helpValue: 'FOLDER',
      summary: 'Folder of the run; must be new or empty.',
      helpGroup: 'RUN',
    }),
    resume: Flags.string({
      helpValue: 'FOLDER',
      summary: 'Go on with the run in this folder, with the settings it was started with.',
      helpGroup: 'RUN',
    }),
    quiet: Flags.boolean({ summary: 'Show no progress, only the result.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Train);
    const { trainCommand } = await import('../run/train-command.js');
    await trainCommand(flags);
  }
}
