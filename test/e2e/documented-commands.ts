import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A command line as a page prints it. */
export interface DocumentedCommand {
  /** `docs/methods.md:64` */
  readonly place: string;
  /** Everything behind `ard`, as a shell would split it. */
  readonly argv: readonly string[];
  /** The folder of the page where it holds configuration files: examples are run there. */
  readonly directory: string | undefined;
}

/** Pages for users: README, everything below docs, and READMEs of examples, packages and plugins. */
export function pages(): readonly string[] {
  const below = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .map((path) => join(folder, path));
  return ['README.md', ...['docs', 'examples', 'packages', 'plugins'].flatMap(below)].sort();
}

/** Every `ard …` of code blocks, and those between backticks that have flags. */
export function commandsOf(page: string): readonly DocumentedCommand[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const folder = dirname(join(root, page));
  const directory = existsSync(join(folder, 'ard.config.yaml')) ? relative(root, folder) : undefined;
  return lines.flatMap((line, index) => {
    const place = `${page}:${index + 1}`;
    // a preceding line goes on here
    if (lines[index - 1]?.endsWith('\\')) return [];
    return textsOf(continued(lines, index), line).map((text) => ({ place, argv: words(text), directory }));
  });
}

function textsOf(whole: string, line: string): readonly string[] {
  const block = /^\s*(?:npm install && )?(?:npx )?ard ([a-z][^`|]*)$/.exec(whole.replace(/\s+#\s.*$/, ''));
  if (block) return [block[1]!.replace(/<[^>]*>/g, 'name')];
  const inline = [...line.matchAll(/`(?:npx )?ard ([a-z][^`]*? -[^`]*)`/g)].map(([, text]) => text!);
  // words in capitals and dots stand for what the reader has
  return inline.filter((text) => !/…|<|\b[A-Z]{3,}\b|--resume$/.test(text));
}

function continued(lines: readonly string[], index: number): string {
  const line = lines[index]!;
  return line.endsWith('\\') ? `${line.slice(0, -1).trimEnd()} ${continued(lines, index + 1).trim()}` : line;
}

function words(text: string): readonly string[] {
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/['"]/g, ''));
}
