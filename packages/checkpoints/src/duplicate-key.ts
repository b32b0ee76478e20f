/**
 * The first key that stands twice in one object of a JSON text, which `JSON.parse` would silently drop.
 *
 * @param json valid JSON
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{') open.push(new Set());
    else if (json[at] === '}') open.pop();
    else if (json[at] === '"') {
      const end = closingQuote(json, at);
      // in valid JSON a string followed by a colon is a key of the innermost open object
      if (isFollowedByColon(json, end)) {
        const key = JSON.parse(json.slice(at, end + 1)) as string;
        if (open.at(-1)!.has(key)) return key;
        open.at(-1)!.add(key);
      }
      at = end;
    }
  }
  return undefined;
}

function closingQuote(json: string, opening: number): number {
  let at = opening + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

function isFollowedByColon(json: string, quote: number): boolean {
  let at = quote + 1;
  while (' \t\r\n'.includes(json[at] ?? '.')) at++;
  return json[at] === ':';
}
