/** What wraps networks puts these before every name: DataParallel, RobustBench, Lightning, `torch.compile`. */
const wrappers = ['module.', 'model.', 'net.', 'network.', 'state_dict.', '_orig_mod.'];

/**
 * The prefixes that names may be freed of, shortest first, beginning with the empty one: each has one wrapper more
 * than the one before and stands before more than half of the names. Tensors beside the network (`mu`, `sigma`) do
 * not have it.
 */
export function wrapperPrefixes(names: readonly string[]): readonly string[] {
  const prefixes = [''];
  for (;;) {
    const current = prefixes.at(-1)!;
    const next = wrappers
      .map((wrapper) => current + wrapper)
      .find((prefix) => 2 * names.filter((name) => name.startsWith(prefix)).length > names.length);
    if (next === undefined) return prefixes;
    prefixes.push(next);
  }
}

/** A map with the prefix taken off the names that have it. */
export function withoutPrefix<Value>(
  entries: Iterable<readonly [string, Value]>,
  prefix: string,
): Map<string, Value> {
  return new Map(
    [...entries].map(([name, value]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, value]),
  );
}
