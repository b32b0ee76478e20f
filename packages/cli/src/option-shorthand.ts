const option = /^--([a-zA-Z]+(?:\.[\w-]+)+)(?:=([^]*))?$/;

/**
 * Lets every option of a part be written as a flag: `--engine.threads 2` for `--set engine.threads=2`. Without a
 * value it is true: `--engine.profile`.
 */
export async function expandOptionShorthand(argv: readonly string[]): Promise<readonly string[]> {
  if (!argv.some((argument) => option.test(argument))) return argv;
  // not before it is needed: `ard --help` would wait for it
  const { slots } = await import('@ard/core');
  const parts = [...Object.keys(slots), 'training', 'evaluation'];
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const rest = end < 0 ? [] : argv.slice(end);
  const expanded: string[] = [];
  for (let index = 0; index < flags.length; index++) {
    const argument = flags[index]!;
    const [, path, value] = option.exec(argument) ?? [];
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
