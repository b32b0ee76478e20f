import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, fileError, type ComponentChoice, type Normalisation } from '@ard/core';
import { didYouMean, makeFolder, writeAtomically } from '@ard/core/host';
import { cacheFolder } from '../user-folders.js';

/** What the store knows of a teacher; runs that use it keep a copy. */
export interface StoredTeacher {
  /** For people: `--teacher NAME`. */
  readonly name: string;
  /** Of the file; what the store finds it by. */
  readonly sha256: string;
  readonly bytes: number;
  /** Path or address it came from. */
  readonly source: string;
  /** ISO 8601. */
  readonly addedAt: string;
  readonly format: string;
  readonly model: ComponentChoice & { readonly id: string };
  /** Model as one writes it, and its classes. */
  readonly modelName: string;
  readonly classes: number;
  /** What the model subtracts from images and divides them by; `[0]` and `[1]` where nobody said anything. */
  readonly normalisation: Normalisation & { readonly origin: string };
  /** Id of the published teacher it was checked as. */
  readonly knownAs?: string;
  /** Measured when it was added; fractions in [0, 1]. */
  readonly measured?: {
    readonly cleanAccuracy: number;
    readonly images: number;
    readonly data: string;
    readonly fingerprint: string;
  };
}

const prefix = 'sha256:';

/** Folder of the store; each teacher has one inside, named by its hash. */
export function storeFolder(): string {
  return join(cacheFolder(), 'teacher-store');
}

export function teacherFolder(sha256: string): string {
  return join(storeFolder(), sha256);
}

/** The weights of a teacher. */
export function weightsPath(sha256: string): string {
  return join(teacherFolder(sha256), 'weights');
}

/** How configurations name a teacher of the store: the same on every machine. */
export function storeReference({ sha256 }: Pick<StoredTeacher, 'sha256'>): string {
  return `${prefix}${sha256}`;
}

/**
 * The file that a reference means; undefined when the text is none.
 *
 * @throws ArdError when the store has no such teacher
 */
export function referencedWeights(reference: string): string | undefined {
  if (!reference.startsWith(prefix)) return undefined;
  const path = weightsPath(reference.slice(prefix.length));
  if (/^[0-9a-f]{64}$/.test(reference.slice(prefix.length)) && existsSync(path)) return path;
  throw new ArdError(`The teacher store has no ${reference}.`, {
    remedy: 'Add the file with that hash: `ard teacher add FILE`; `ard teacher list` shows what there is.',
  });
}

/** Everything in the store, by name. What cannot be read is left out. */
export function listTeachers(): readonly StoredTeacher[] {
  const folder = storeFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((hash) => readTeacher(hash) ?? [])
    .sort((a, b) => a.name.localeCompare(b.name));
}

function readTeacher(sha256: string): StoredTeacher | undefined {
  try {
    return JSON.parse(readFileSync(join(teacherFolder(sha256), 'teacher.json'), 'utf8')) as StoredTeacher;
  } catch {
    return undefined; // added halfway, or by nobody
  }
}

/** By name, reference, or the first digits of the hash (at least six). */
export function findTeacher(text: string): StoredTeacher | undefined {
  const all = listTeachers();
  const named = all.find(({ name }) => name === text);
  if (named) return named;
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (!/^[0-9a-f]{6,64}$/.test(digits)) return undefined;
  const [first, ...others] = all.filter(({ sha256 }) => sha256.startsWith(digits));
  if (others.length === 0) return first;
  throw new ArdError(`${text} begins the hash of several teachers.`, { remedy: 'Give more digits.' });
}

/** @throws ArdError with the nearest names */
export function getTeacher(text: string): StoredTeacher {
  const found = findTeacher(text);
  if (found) return found;
  const names = listTeachers().map(({ name }) => name);
  throw new ArdError(`There is no teacher "${text}" in ${storeFolder()}.`, {
    remedy: didYouMean(text, names) ?? '`ard teacher list` shows what there is.',
  });
}

/** The last step of adding: a teacher without its record does not exist. */
export function writeTeacher(teacher: StoredTeacher): void {
  try {
    makeFolder(teacherFolder(teacher.sha256));
    writeAtomically(
      join(teacherFolder(teacher.sha256), 'teacher.json'),
      `${JSON.stringify(teacher, undefined, 2)}\n`,
    );
  } catch (error) {
    throw fileError('write', teacherFolder(teacher.sha256), error);
  }
}

export function removeTeacher({ sha256 }: StoredTeacher): void {
  try {
    rmSync(teacherFolder(sha256), { recursive: true });
  } catch (error) {
    throw fileError('remove', teacherFolder(sha256), error);
  }
}
