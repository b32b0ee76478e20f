import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ArdError, fileError } from '@ard/core';
import { fileDigest, type Checksum } from './checksum.js';
import { parseAddress, type Address } from './address.js';
import { partialFile, type PartialFile, type Validators } from './partial-file.js';
import { networkAgent, Refusal, request, type Answer } from './request.js';

export interface DownloadProgress {
  /** Bytes on the disk. */
  readonly received: number;
  /** Bytes of the whole file, where the server says. */
  readonly total: number | undefined;
}

export interface DownloadOptions {
  /** `http:` or `https:`; the hash is what makes the first as good as the second. */
  readonly url: string;
  /** Where the file will be, complete; `destination.part` and `destination.part.json` are used on the way. */
  readonly destination: string;
  /** Mandatory: a file of another hash is thrown away. */
  readonly checksum: Checksum;
  /** Size in bytes where it is known beforehand; a server that announces another one is refused at once. */
  readonly bytes?: number;
  readonly progress?: (progress: DownloadProgress) => void;
  /** Aborting keeps what was received for the next call. */
  readonly signal?: AbortSignal;
  /** Failures in a row, without a new byte, that are borne; 5 unless told otherwise. */
  readonly retries?: number;
  /** Milliseconds before the first retry, twice as many before each one after it, at most 30 s. */
  readonly retryDelay?: number;
}

const longestPause = 30_000;

/**
 * Downloads one file whose hash is known. Connections that break are taken up again where they broke, in this call
 * and after a crash; a server that cannot go on, or whose file has changed, makes it start over. The destination
 * appears only when size and hash are right.
 *
 * @returns whether anything was fetched; not when the destination is there already, with the right hash
 * @throws ArdError when the server has no such file or sends something else, when the hash differs, when the network
 *   stays away, when the destination exists with other content or cannot be written
 */
export async function download(options: DownloadOptions): Promise<{ readonly fetched: boolean }> {
  const { destination, checksum } = options;
  const address = parseAddress(options.url);
  const shown = address.href;
  if (existsSync(destination)) {
    if ((await fileDigest(destination, checksum.algorithm)) === checksum.digest) return { fetched: false };
    throw new ArdError(
      `${destination} exists and is not the file with ${checksum.algorithm} ${checksum.digest}.`,
      {
        remedy: 'Move it away, or choose another place.',
      },
    );
  }
  const part = partialFile(destination, shown);
  try {
    await mkdir(dirname(destination), { recursive: true });
    const resumed = (await part.size()) > 0;
    await fetchAll(options, part, address);
    let wrong = await fault(options, part);
    if (wrong !== undefined && resumed) {
      // the halves were of two files: a server without ETag cannot tell
      await part.discard();
      await fetchAll(options, part, address);
      wrong = await fault(options, part);
    }
    if (wrong !== undefined) {
      await part.discard();
      throw new ArdError(`${shown} has ${wrong}; nothing was kept.`, {
        remedy: 'Check the address and the hash: the file was changed, or this is another one.',
      });
    }
    await part.finish();
  } catch (error) {
    if (options.signal?.aborted) {
      throw new ArdError(`The download of ${shown} was stopped; what has arrived is kept.`, {
        remedy: 'Run the same command again: it goes on where it was.',
        exitCode: 130,
        cause: error,
      });
    }
    throw fileError('write', destination, error);
  }
  return { fetched: true };
}

async function fetchAll(options: DownloadOptions, part: PartialFile, address: Address): Promise<void> {
  const { retries = 5, retryDelay = 500, signal } = options;
  const agent = networkAgent();
  let most = await part.size();
  let failures = 0;
  try {
    for (;;) {
      try {
        return await fetchRest(options, part, (have, known) =>
          request(address, have, known, { agent, signal }),
        );
      } catch (error) {
        if (signal?.aborted || isFileError(error)) throw error;
        const { next, wait } = error instanceof Refusal ? error : ({ next: 'go on', wait: 0 } as const);
        if (next === 'give up') {
          if ((await part.size()) === 0) await part.discard();
          throw failed(address.href, reason(error));
        }
        if (next === 'start over') {
          if (await isComplete(options, part)) return;
          await part.discard();
        }
        const size = await part.size();
        failures = size > most ? 1 : failures + 1;
        most = Math.max(most, size);
        if (failures > retries)
          throw failed(address.href, `${reason(error)} (tried ${failures} times)`, true);
        await pause(Math.min(longestPause, Math.max(wait, retryDelay * 2 ** (failures - 1))), undefined, {
          signal,
        });
      }
    }
  } finally {
    await agent.destroy();
  }
}

/** One connection: appends what is missing. */
async function fetchRest(
  { bytes, progress }: DownloadOptions,
  part: PartialFile,
  ask: (have: number, known: Validators | undefined) => Promise<Answer>,
): Promise<void> {
  const known = await part.validators();
  const have = known === undefined ? 0 : await part.size();
  const answer = await ask(have, known);
  const { start, total, validators, body } = answer;
  if (bytes !== undefined && total !== undefined && total !== bytes) {
    throw new Refusal(`the server has a file of ${total} bytes, expected ${bytes}`, 'give up');
  }
  if (start === 0) await part.discard();
  await part.setValidators(validators);
  let received = start;
  const file = await open(part.path, start === 0 ? 'w' : 'a');
  try {
    progress?.({ received, total });
    for await (const chunk of body) {
      if (received === 0 && isWebPage(chunk)) {
        throw new Refusal('the server sent a web page instead of the file', 'give up');
      }
      received += chunk.length;
      if (received > (bytes ?? total ?? Infinity))
        throw new Refusal('the server sent more than it announced', 'start over');
      await file.writeFile(chunk);
      progress?.({ received, total });
    }
  } finally {
    await file.close();
  }
  if (received < (total ?? bytes ?? 0)) throw new Error(`the connection ended after ${received} bytes`);
}

/** A crash may have come between the last byte and the renaming. */
async function isComplete({ checksum }: DownloadOptions, part: PartialFile): Promise<boolean> {
  return (await part.size()) > 0 && (await fileDigest(part.path, checksum.algorithm)) === checksum.digest;
}

/** What is wrong with the content, if anything. */
async function fault(
  { checksum: { algorithm, digest }, bytes }: DownloadOptions,
  part: PartialFile,
): Promise<string | undefined> {
  const size = await part.size();
  if (bytes !== undefined && size !== bytes) return `${size} bytes, expected ${bytes}`;
  const found = await fileDigest(part.path, algorithm);
  return found === digest ? undefined : `the ${algorithm} ${found}, expected ${digest}`;
}

/** Some servers call everything a stream of bytes. */
function isWebPage(chunk: Uint8Array): boolean {
  const start = Buffer.from(chunk.subarray(0, 256)).toString('latin1').trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html');
}

function failed(shown: string, why: string, network = false): ArdError {
  return new ArdError(`Cannot download ${shown}: ${why}.`, {
    remedy: network
      ? 'Check the network and the proxy (HTTPS_PROXY, NO_PROXY); run again to go on where it was.'
      : 'Check the address in a browser; a file that needs a login or a click has to be fetched there.',
  });
}

/** What undici wraps: "fetch failed" tells nobody anything. */
function reason(error: unknown): string {
  const { cause, message } = error as Error & {
    readonly cause?: { readonly message?: string; readonly code?: string };
  };
  return cause?.code ?? cause?.message ?? message;
}

/** Of the disk, where no second try helps; those of the network come wrapped. */
function isFileError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}
