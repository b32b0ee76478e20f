import { distance } from 'fastest-levenshtein';
import { inspect } from 'node:util';
import type { ErrorDetails } from '@ard/core';

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

const commandNames = [
  'compare',
  'data',
  'doctor',
  'evaluate',
  'explain',
  'inspect',
  'list',
  'show',
  'teacher',
  'train',
];

/**
 * Prints an error: what was wrong, and what to do. A mistake of the user shows no stack; a bug does when
 * ARD_DEBUG is set.
 *
 * @returns the exit code
 */
export async function reportError(error: unknown, { json }: { readonly json: boolean }): Promise<number> {
  const { message, remedy, exitCode } = describe(error);
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

function describe(error: unknown): Report {
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
  return { ...describeUsage(error), exitCode: oclif.exit === false ? 1 : (oclif.exit ?? 2) };
}

/** oclif's messages, on one line and with the nearest names. */
function describeUsage(error: ParseError): Omit<Report, 'exitCode'> {
  const [flag] = error.flags ?? [];
  if (flag !== undefined && error.message.startsWith('Nonexistent flag')) {
    const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
    return {
      message: `Unknown flag ${flag}.`,
      remedy: nearest(flag, known) ?? 'Add --help to see the flags of this command.',
    };
  }
  const command = /^command (.+) not found$/.exec(error.message)?.[1];
  if (command !== undefined) {
    return {
      message: `Unknown command "${command}".`,
      remedy: nearest(command, commandNames) ?? `Commands: ${commandNames.join(', ')}.`,
    };
  }
  const message = error.message
    .replace('\nSee more help with --help', '')
    .replace('The following error occurred:', '')
    .replace(/\n\nNote: [^]*/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
  return { message, remedy: 'Add --help to see how the command is used.' };
}

function nearest(word: string, names: readonly string[]): string | undefined {
  const near = names.filter((name) => distance(word, name) <= Math.max(2, name.length / 3));
  near.sort((a, b) => distance(word, a) - distance(word, b));
  return near.length === 0 ? undefined : `Did you mean ${near.slice(0, 3).join(' or ')}?`;
}
