import { Command } from '@oclif/core/command';
import { compositionFlags, jsonFlag } from '../composition-flags.js';

export default class Explain extends Command {
  static override summary = 'Say what a training will be made of, without running it.';
  static override description =
    'Takes the flags of `ard train`. Shows which component comes from which plugin, where every option got its' +
    ' value, and how many forward and backward passes one step costs.';
  static override examples = [
    '<%= config.bin %> explain --plugin fair-geometric',
    '<%= config.bin %> explain --plugin fair-geometric --set strategy.beta=3',
  ];
  static override flags = { ...compositionFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Explain);
    const { explainRun } = await import('../run/explain-run.js');
    await explainRun(flags);
  }
}
