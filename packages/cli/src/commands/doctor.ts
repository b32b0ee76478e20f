import { Command } from '@oclif/core/command';
import { compositionFlags, jsonFlag, meaning } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Doctor extends Command {
  static override summary =
    'Check Node, engines and their providers, plugins, data and folders on this machine.';
  static override description = 'Says of everything that does not work why, and what to do about it.';
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --dataset cifar10 --data-dir path/to/cifar-10-batches-bin',
  ];
  static override flags = {
    plugin: pluginsFlag,
    dataset: meaning(compositionFlags.dataset, 'Data set to look for, besides generated images.'),
    'data-dir': meaning(compositionFlags['data-dir']),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const { checkMachine } = await import('../run/check-machine.js');
    await checkMachine(flags);
  }
}
