import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { jsonFlag } from '../../composition-flags.js';

export default class TeacherShow extends Command {
  static override summary = 'Describe a teacher of the store: source, hash, model, normalisation, accuracy.';
  static override examples = [
    '<%= config.bin %> teacher show trades-wrn-34-10',
    '<%= config.bin %> teacher show 35cb44a7',
  ];
  static override args = {
    name: Args.string({ required: true, description: 'name, or the first digits of the hash' }),
  };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TeacherShow);
    const { showTeacherCommand } = await import('../../run/teacher-command.js');
    showTeacherCommand(args.name, flags);
  }
}
