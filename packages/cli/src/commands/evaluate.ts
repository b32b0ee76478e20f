import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { compositionFlags, jsonFlag, meaning, setFlag } from '../composition-flags.js';
import { pluginsFlag } from '../plugins-flag.js';

export default class Evaluate extends Command {
  static override summary = 'Measure clean and robust accuracy of a network, class by class.';
  static override description =
    'An image counts as robust when it withstands all attacks named. Test images are those of the run unless' +
    ' --dataset says otherwise. The run directory keeps a verdict and the adversarial image of every sample; Ctrl-C' +
    ' and kills lose little, and --resume goes on. Several networks are evaluated one after the other and compared in' +
    ' one table. Sanity checks look for signs that attacks fail for the wrong reasons.';
  static override examples = [
    '<%= config.bin %> evaluate runs/x',
    '<%= config.bin %> evaluate runs/x --attack pgd:t --attack fgsm --test-samples 500',
    '<%= config.bin %> evaluate runs/x runs/y --attack pgd:s --attack autoattack',
    '<%= config.bin %> evaluate --resume runs/evaluate-x',
    '<%= config.bin %> evaluate resnet-18:model.safetensors --dataset cifar10 --data-dir cifar-10-batches-bin',
  ];
  static override args = {
    network: Args.string({
      description: 'folder of a run, a checkpoint, an ONNX model, or MODEL:FILE; several are compared',
    }),
  };
  // oclif's way of taking any number of arguments
  static override strict = false;
  static override flags = {
    plugin: pluginsFlag,
    attack: Flags.string({
      char: 'a',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'ATTACK',
      summary: 'Attack by id or variant; may be repeated, the cheap ones first.',
    }),
    accept: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'CHECK',
      summary: 'Record that the failure of a sanity check was looked into; it no longer marks the result.',
    }),
    'save-adversarials': Flags.string({
      options: ['8bit', 'float', 'none'],
      summary: 'How the images that broke samples are kept; 8bit unless told otherwise.',
    }),
    epsilons: Flags.string({
      helpValue: 'LIST',
      summary: 'Also measure accuracy at these radii, for a curve: 0,2/255,4/255,8/255.',
    }),
    name: Flags.string({
      helpValue: 'NAME',
      summary: 'Name of the run; its folder is runs/NAME.',
      exclusive: ['run-dir'],
    }),
    'run-dir': Flags.string({ helpValue: 'FOLDER', summary: 'Folder of the run; must be new or empty.' }),
    resume: Flags.string({
      helpValue: 'FOLDER',
      summary: 'Go on with the evaluation in this folder, with the settings it was started with.',
    }),
    dataset: meaning(compositionFlags.dataset, 'Test images; those of the run where not given.'),
    'data-dir': meaning(compositionFlags['data-dir']),
    'test-samples': meaning(compositionFlags['test-samples']),
    engine: meaning(compositionFlags.engine),
    set: setFlag('evaluation, student, dataset or engine', 'evaluation.batchSize', '100'),
    quiet: Flags.boolean({ summary: 'Show no progress, only the result.' }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Evaluate);
    const { evaluateCommand } = await import('../run/evaluate-command.js');
    await evaluateCommand(argv as string[], flags);
  }
}
