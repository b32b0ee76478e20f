import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { compositionFlags, jsonFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Evaluate extends Command {
  static override summary = 'Measure clean and robust accuracy of a network, class by class.';
  static override description =
    'An image counts as robust when it withstands all attacks named. Test images are those of the run unless' +
    ' --dataset says otherwise.';
  static override examples = [
    '<%= config.bin %> evaluate runs/x',
    '<%= config.bin %> evaluate runs/x --attack pgd:t --attack fgsm --test-samples 500',
    '<%= config.bin %> evaluate resnet-18:model.safetensors --dataset cifar10 --data-dir cifar-10-batches-bin',
  ];
  static override args = {
    network: Args.string({
      required: true,
      description: 'folder of a run, a safetensors file that ard wrote, or MODEL:FILE.safetensors',
    }),
  };
  static override flags = {
    plugin: pluginsFlag,
    attack: Flags.string({
      char: 'a',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'ATTACK',
      summary: 'Attack by id or variant; may be repeated.',
    }),
    dataset: compositionFlags.dataset,
    'data-dir': compositionFlags['data-dir'],
    'test-samples': compositionFlags['test-samples'],
    engine: compositionFlags.engine,
    set: compositionFlags.set,
    quiet: Flags.boolean({ summary: 'Show no progress, only the result.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Evaluate);
    const { evaluateCommand } = await import('../run/evaluate-command.js');
    await evaluateCommand(args.network, flags);
  }
}
