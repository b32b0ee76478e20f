import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { jsonFlag } from '../../composition-flags.js';

export default class TeacherRemove extends Command {
  static override summary = 'Remove a teacher from the store.';
  static override examples = ['<%= config.bin %> teacher remove trades-wrn-34-10'];
  static override args = {
    name: Args.string({ required: true, description: 'name, or the first digits of the hash' }),
  };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TeacherRemove);
    const { removeTeacherCommand } = await import('../../run/teacher-command.js');
    removeTeacherCommand(args.name, flags);
  }
}
