import { distance } from 'fastest-levenshtein';
import { inspect } from 'node:util';
import type { ErrorDetails, SlotName } from '@ard/core';

/** What every error becomes before it is printed. */
interface Report {
  readonly message: string;
  readonly remedy: string | undefined;
  readonly exitCode: number;
}

/** Errors of the command line itself carry what they were about. */
interface ParseError extends Error {
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
  readonly oclif?: { readonly exit?: number | false };
}

/**
 * Prints an error: what was wrong, and what to do. A mistake of the user shows no stack; a bug does when
 * ARD_DEBUG is set.
 *
 * @returns the exit code
 */
export async function reportError(error: unknown, { json }: { readonly json: boolean }): Promise<number> {
  const { message, remedy, exitCode } = await describe(error);
  if (exitCode === 0) return 0; // --help and --version end by throwing
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: { message, remedy, exitCode } }, undefined, 2)}\n`);
  } else {
    const { default: colours } = await import('picocolors');
    process.stderr.write(`${colours.red('Error:')} ${message}\n`);
    if (remedy !== undefined) process.stderr.write(`${remedy}\n`);
  }
  if (process.env.ARD_DEBUG) process.stderr.write(`${inspect(error)}\n`);
  return exitCode;
}

async function describe(error: unknown): Promise<Report> {
  if (!(error instanceof Error)) return { message: String(error), remedy: undefined, exitCode: 1 };
  if (error.name === 'ArdError') {
    const { remedy, exitCode = 1 } = error as ErrorDetails;
    return { message: error.message, remedy, exitCode };
  }
  const { oclif } = error as ParseError;
  if (oclif === undefined) {
    return {
      message: `${error.name}: ${error.message}`,
      remedy: process.env.ARD_DEBUG
        ? 'This is a bug in ard or in a plugin.'
        : 'This is a bug in ard or in a plugin; run again with ARD_DEBUG=1 to see where.',
      exitCode: 1,
    };
  }
  return { ...(await describeUsage(error)), exitCode: oclif.exit === false ? 1 : (oclif.exit ?? 2) };
}

/** oclif's messages, on one line and with the nearest names. */
async function describeUsage(error: ParseError): Promise<Omit<Report, 'exitCode'>> {
  const [flag] = error.flags ?? [];
  if (flag !== undefined && error.message.startsWith('Nonexistent flag')) {
    const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
    return {
      message: `Unknown flag ${flag}.`,
      remedy: nearest(flag, known) ?? (await flagRemedy(flag, known)),
    };
  }
  // oclif joins all words with colons, those that are no part of a name too
  const words = /^command (.+) not found$/.exec(error.message)?.[1];
  if (words !== undefined) return await describeCommand(words.split(':'));
  const message = error.message
    .replace('\nSee more help with --help', '')
    .replace('The following error occurred:', '')
    .replace(/\n\nNote: [^]*/, '')
    .replace(/Parsing (--\S+)\s+Expected/, '$1: expected')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
  return { message, remedy: 'Add --help to see how the command is used.' };
}

/** Parts and their options are no flags of their own; who writes one as a flag is told how. */
async function flagRemedy(flag: string, known: readonly string[]): Promise<string> {
  const help = 'Add --help to see the flags of this command.';
  if (!known.includes('--set')) return help;
  const { slots } = await import('@ard/core');
  const name = flag.replace(/^-+/, '');
  if (name in slots)
    return `Choose a component with --set ${name}=<id>; \`ard list ${slots[name as SlotName]}\` shows them.`;
  return `${help} Options of a part are written --part.option, such as --attack.epsilon 4/255; \`ard explain\` shows all.`;
}

async function describeCommand(words: readonly string[]): Promise<Omit<Report, 'exitCode'>> {
  const { commands } = await import('./commands.js');
  const names = Object.keys(commands).map((name) => name.replace(':', ' '));
  const topic = names.filter((name) => name.startsWith(`${words[0]} `));
  // of a topic's command both words are its name, of others the first one
  const word = topic.length > 0 ? words.slice(0, 2).join(' ') : words[0]!;
  const candidates = topic.length > 0 ? topic : [...new Set(names.map((name) => name.split(' ')[0]!))];
  return {
    message: `Unknown command "${word}".`,
    remedy: nearest(word, candidates) ?? `Commands: ${candidates.join(', ')}.`,
  };
}

function nearest(word: string, names: readonly string[]): string | undefined {
  const near = names.filter((name) => distance(word, name) <= Math.max(2, name.length / 3));
  near.sort((a, b) => distance(word, a) - distance(word, b));
  return near.length === 0 ? undefined : `Did you mean ${near.slice(0, 3).join(' or ')}?`;
}
