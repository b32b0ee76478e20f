import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { jsonFlag } from '../../composition-flags.js';

export default class TeacherList extends Command {
  static override summary = 'List the teachers of the store, or those that papers name.';
  static override examples = ['<%= config.bin %> teacher list', '<%= config.bin %> teacher list --known'];
  static override flags = {
    known: Flags.boolean({
      summary: 'List published teachers instead, with model and published accuracy.',
    }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(TeacherList);
    const { listTeachersCommand } = await import('../../run/teacher-command.js');
    listTeachersCommand(flags);
  }
}
