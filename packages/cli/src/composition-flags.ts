import * as Flags from '@oclif/core/flags';

/** Flags that say what a run is made of; `train` and `explain` share them. */
export const compositionFlags = {
  plugin: Flags.string({
    char: 'p',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME',
    summary: 'Load a plugin and apply its default preset; may be repeated, later ones win.',
    helpGroup: 'COMPOSITION',
  }),
  preset: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME',
    summary: 'Apply a preset, on top of those of the plugins; may be repeated.',
    helpGroup: 'COMPOSITION',
  }),
  config: Flags.string({
    char: 'c',
    helpValue: 'FILE',
    summary: 'Configuration file; ard.config.yaml, .json or .ts of the working directory when not given.',
    helpGroup: 'COMPOSITION',
  }),
  set: Flags.string({
    char: 's',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PART.OPTION=VALUE',
    summary:
      'Set one option, such as method.temperature=2, or choose a component, such as attack=pgd:trades. An option may' +
      ' be written as a flag, too: --method.temperature 2.',
    helpGroup: 'COMPOSITION',
  }),
  student: Flags.string({
    helpValue: 'MODEL',
    summary: 'Network to train, such as resnet-20.',
    helpGroup: 'COMPOSITION',
  }),
  teacher: Flags.string({
    helpValue: 'TEACHER',
    summary:
      'Network to learn from: a FILE (safetensors, PyTorch), MODEL:FILE, the folder of a run, a teacher of' +
      ' `ard teacher list` by name or hash, or auto to have one trained first.',
    helpGroup: 'COMPOSITION',
  }),
  'clean-teacher': Flags.string({
    helpValue: 'TEACHER',
    summary:
      'Second, not robust network to learn from, for methods with two; given like --teacher, but for auto.',
    helpGroup: 'COMPOSITION',
  }),
  dataset: Flags.string({
    helpValue: 'DATASET',
    summary: 'Images to train on; without it the run is a quick start on generated images.',
    helpGroup: 'DATA',
  }),
  'data-dir': Flags.string({
    helpValue: 'FOLDER',
    summary: 'Folder that holds the files of the data set.',
    helpGroup: 'DATA',
  }),
  'train-samples': Flags.integer({
    helpValue: 'N',
    summary: 'Use only N training images, the same number of each class.',
    helpGroup: 'DATA',
  }),
  'test-samples': Flags.integer({
    helpValue: 'N',
    summary: 'Use only N test images.',
    helpGroup: 'DATA',
  }),
  engine: Flags.string({
    helpValue: 'ENGINE',
    summary: 'What runs the networks; `ard doctor` shows which can.',
    helpGroup: 'TRAINING',
  }),
  epochs: Flags.integer({
    helpValue: 'N',
    summary: 'Passes over the training images.',
    helpGroup: 'TRAINING',
  }),
  'batch-size': Flags.integer({ helpValue: 'N', summary: 'Images per step.', helpGroup: 'TRAINING' }),
  seed: Flags.integer({
    helpValue: 'N',
    summary: 'Seed of every random number of the run.',
    helpGroup: 'TRAINING',
  }),
};

/** What {@link compositionFlags} parse to. */
export interface CompositionFlags {
  readonly plugin?: readonly string[];
  readonly preset?: readonly string[];
  readonly config?: string;
  readonly set?: readonly string[];
  readonly student?: string;
  readonly teacher?: string;
  readonly 'clean-teacher'?: string;
  readonly dataset?: string;
  readonly 'data-dir'?: string;
  readonly 'train-samples'?: number;
  readonly 'test-samples'?: number;
  readonly engine?: string;
  readonly epochs?: number;
  readonly 'batch-size'?: number;
  readonly seed?: number;
}

/** A flag of training as another command has it: outside the groups of `ard train`, and with what it means there. */
export function meaning<Flag extends { readonly summary?: string }>(
  flag: Flag,
  summary = flag.summary,
): Flag {
  return { ...flag, ...(summary === undefined ? {} : { summary }), helpGroup: '' };
}

/** `--set` of commands that look at some parts only; the example is an option of one. */
export function setFlag(parts: string, option: string, value: string): typeof compositionFlags.set {
  return meaning(
    compositionFlags.set,
    `Set one option of ${parts}, such as ${option}=${value}. It may be written as a flag, too: --${option} ${value}.`,
  );
}

export const jsonFlag = Flags.boolean({
  summary: 'Print one JSON document on standard output, and nothing else there.',
});
