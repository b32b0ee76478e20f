import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { jsonFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Show extends Command {
  static override summary =
    'Describe a component or preset: options with allowed values, defaults and meaning; or the layers of a model.';
  static override examples = [
    '<%= config.bin %> show pgd',
    '<%= config.bin %> show fair-rslad',
    '<%= config.bin %> show model resnet-18 --classes 100',
  ];
  static override args = {
    component: Args.string({
      required: true,
      description: 'id of a component, variant or preset; or the word model',
    }),
    model: Args.string({ description: 'after the word model: whose layers to show' }),
  };
  static override flags = {
    plugin: pluginsFlag,
    set: Flags.string({
      char: 's',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'OPTION=VALUE',
      summary: 'Option of the model whose layers are shown, such as depth=34.',
    }),
    image: Flags.string({
      default: '32x32x3',
      helpValue: 'SIZE',
      summary: 'Height, width and channels of the images of that model.',
    }),
    classes: Flags.integer({ default: 10, min: 2, helpValue: 'N', summary: 'Classes of that model.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show);
    if (args.component === 'model' && args.model !== undefined) {
      const { showModel } = await import('../run/show-model.js');
      await showModel(args.model, flags);
      return;
    }
    if (args.component === 'model') {
      const { ArdError } = await import('@ard/core');
      throw new ArdError('Which model?', {
        remedy: 'Name one: ard show model resnet-18; `ard list model` shows them.',
      });
    }
    if (args.model !== undefined) {
      const { ArdError } = await import('@ard/core');
      throw new ArdError(`ard show takes one name; only \`ard show model\` takes another.`, {
        remedy: `Leave ${args.model} out.`,
      });
    }
    const { showComponent } = await import('../run/show-component.js');
    await showComponent(args.component, flags);
  }
}
