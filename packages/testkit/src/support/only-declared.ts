/**
 * Hides what a component has not declared: reading another entry throws, whatever the component would do about
 * its absence.
 */
export function onlyDeclared<Value>(
  values: Readonly<Record<string, Value>>,
  declared: readonly string[],
  what: string,
): Readonly<Record<string, Value>> {
  const entries = Object.fromEntries(Object.entries(values).filter(([name]) => declared.includes(name)));
  return new Proxy(entries, {
    get(target, name) {
      if (typeof name === 'string' && !declared.includes(name)) {
        throw new Error(
          `reads ${what}.${name}, which it has not declared (declared: ${declared.join(', ') || 'none'})`,
        );
      }
      return Reflect.get(target, name) as Value;
    },
  });
}
