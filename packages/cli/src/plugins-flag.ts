import * as Flags from '@oclif/core/flags';

/** For commands that only look at what plugins offer. */
export const pluginsFlag = Flags.string({
  char: 'p',
  multiple: true,
  multipleNonGreedy: true,
  helpValue: 'NAME',
  summary: 'Load this plugin besides the bundled ones; may be repeated.',
});
