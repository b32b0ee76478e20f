import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { jsonFlag } from '../composition-flags.js';

export default class Compare extends Command {
  static override summary =
    'Say whether one network is better than another on the same images, class by class.';
  static override description =
    'Compares two finished runs or evaluations image by image: McNemar’s test over all images and within classes,' +
    ' and bootstrap intervals of the differences of average, worst class, worst 30 %, NSD and gap. Both must have' +
    ' been evaluated on the same images under the same attacks.';
  static override examples = [
    '<%= config.bin %> compare runs/rslad runs/fair-rslad',
    '<%= config.bin %> compare runs/rslad runs/fair-rslad --html comparison.html',
  ];
  static override args = {
    first: Args.string({
      required: true,
      description: 'folder of a run or of an evaluation: A, what B is held against',
    }),
    second: Args.string({ required: true, description: 'folder of another: B' }),
  };
  static override flags = {
    html: Flags.string({
      helpValue: 'FILE',
      summary: 'Also write a page with charts; the file must be new.',
    }),
    'across-attacks': Flags.boolean({ summary: 'Compare although the attacks differ.' }),
    resamples: Flags.integer({
      helpValue: 'N',
      min: 100,
      default: 2000,
      summary: 'Bootstrap resamples; 100 or more.',
    }),
    seed: Flags.integer({ helpValue: 'N', min: 0, default: 0, summary: 'Seed of the bootstrap; 0 or more.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compare);
    const { compareCommand } = await import('../run/compare-command.js');
    await compareCommand(args.first, args.second, flags);
  }
}
