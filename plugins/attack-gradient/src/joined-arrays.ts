/** Records of arrays as one, `worst/loss` being `loss` of `worst`. */
export function joined<Array>(
  parts: Readonly<Record<string, Readonly<Record<string, Array>>>>,
): Record<string, Array> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, arrays]) =>
      Object.entries(arrays).map(([name, array]) => [`${part}/${name}`, array] as const),
    ),
  );
}

/** The opposite of {@link joined}; a record without arrays is missing. */
export function split<Array>(arrays: Readonly<Record<string, Array>>): Record<string, Record<string, Array>> {
  const parts: Record<string, Record<string, Array>> = {};
  for (const [name, array] of Object.entries(arrays)) {
    const slash = name.indexOf('/');
    (parts[name.slice(0, slash)] ??= {})[name.slice(slash + 1)] = array;
  }
  return parts;
}
