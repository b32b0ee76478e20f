import { slots } from '@ard/core';

const parts = [...Object.keys(slots), 'training', 'evaluation'];

/**
 * Lets every option of a part be written as a flag: `--engine.threads 2` for `--set engine.threads=2`. Without a
 * value it is true: `--engine.profile`.
 */
export function expandOptionShorthand(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const rest = end < 0 ? [] : argv.slice(end);
  const expanded: string[] = [];
  for (let index = 0; index < flags.length; index++) {
    const argument = flags[index]!;
    const [, path, value] = /^--([a-zA-Z]+(?:\.[\w-]+)+)(?:=([^]*))?$/.exec(argument) ?? [];
    if (path === undefined || !parts.includes(path.split('.', 1)[0]!)) {
      expanded.push(argument);
      continue;
    }
    const next = flags[index + 1];
    const following = next === undefined || /^--?[a-zA-Z]/.test(next) ? undefined : next;
    if (value === undefined && following !== undefined) index++;
    expanded.push('--set', `${path}=${value ?? following ?? 'true'}`);
  }
  return [...expanded, ...rest];
}
