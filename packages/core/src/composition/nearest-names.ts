import { distance } from 'fastest-levenshtein';

/** Up to three of `names` that `word` may have been meant for, nearest first. */
export function nearestNames(word: string, names: Iterable<string>): readonly string[] {
  const wanted = word.toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, edits: edits(wanted, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `Did you mean a or b?`, or nothing when no name is near. */
export function didYouMean(word: string, names: Iterable<string>): string | undefined {
  const near = nearestNames(word, names);
  return near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`;
}

/** A name that holds the whole word is near, however long the rest: `geometric` for `fair-geometric`. */
function edits(word: string, name: string): number {
  return word.length >= 3 && name !== word && name.includes(word) ? 1 : distance(word, name);
}
