import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ArdError, fileError, isArdError } from '@ard/core';

/** More than any data set here unpacks to; keeps a bomb from filling the disk. */
const mostBytes = 8 * 2 ** 30;
/** Tiny-ImageNet has 120,000. */
const mostFiles = 1_000_000;

/** Counts what comes out of an archive, and refuses what should not. */
interface Guard {
  /** @returns the path inside the target, or undefined for the outermost folder itself */
  admit(name: string, bytes: number): string | undefined;
}

/**
 * Unpacks an archive into a folder, without its outermost folder. Files and folders only: links, devices, paths that
 * lead outside, and more than any data set has are refused.
 *
 * @throws ArdError naming the archive
 */
export async function unpackArchive(path: string, kind: 'tar.gz' | 'zip', target: string): Promise<void> {
  const guard = createGuard();
  try {
    await mkdir(target, { recursive: true });
    await (kind === 'zip' ? unpackZip : unpackTar)(path, target, guard);
  } catch (cause) {
    if (isArdError(cause)) throw cause;
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw fileError('unpack', path, cause);
    throw refusal(path, (cause as Error).message, cause);
  }
}

function createGuard(): Guard {
  let files = 0;
  let total = 0;
  return {
    admit(name, bytes) {
      total += bytes;
      if (++files > mostFiles || total > mostBytes) throw new Error('it unpacks to more than any data set');
      const parts = name.split('/').filter((part) => part !== '' && part !== '.');
      if (name.startsWith('/') || /[\\\0]|^[A-Za-z]:/.test(name) || parts.includes('..')) {
        throw new Error(`it holds a path that leads outside: ${JSON.stringify(name)}`);
      }
      return parts.length > 1 ? join(...parts.slice(1)) : undefined;
    },
  };
}

async function unpackTar(path: string, target: string, guard: Guard): Promise<void> {
  const { extract } = await import('tar');
  let refused: Error | undefined;
  const work = extract({
    file: path,
    cwd: target,
    strip: 1,
    strict: true,
    preserveOwner: false,
    filter: (name, entry) => {
      if (refused) return false;
      try {
        const kind = 'type' in entry ? entry.type : undefined;
        if (kind !== 'File' && kind !== 'OldFile' && kind !== 'Directory') {
          throw new Error(`it holds ${JSON.stringify(name)}, which is neither a file nor a folder`);
        }
        return guard.admit(name, entry.size ?? 0) !== undefined;
      } catch (error) {
        refused = error as Error;
        return false;
      }
    },
  });
  await work.catch((error: unknown) => {
    throw refused ?? error; // what follows a refusal is its consequence
  });
  if (refused) throw refused;
}

async function unpackZip(path: string, target: string, guard: Guard): Promise<void> {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(path, { lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      const inside = guard.admit(entry.fileName, entry.uncompressedSize);
      if (inside === undefined) continue;
      const destination = join(target, inside);
      if (entry.fileName.endsWith('/')) {
        await mkdir(destination, { recursive: true });
        continue;
      }
      await mkdir(dirname(destination), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(destination, { flags: 'wx' }));
    }
  } finally {
    zip.close();
  }
}

function refusal(path: string, reason: string, cause: unknown): ArdError {
  return new ArdError(`Cannot unpack ${path}: ${reason}.`, {
    remedy: 'The archive is damaged or not what its name says; nothing of it is used.',
    cause,
  });
}
