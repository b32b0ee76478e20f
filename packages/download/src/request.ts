import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import type { Address } from './address.js';
import type { Validators } from './partial-file.js';

/** An answer that has the bytes from `start` on. */
export interface Answer {
  readonly start: number;
  /** Size of the whole file, where the server says. */
  readonly total: number | undefined;
  readonly validators: Validators;
  readonly body: AsyncIterable<Uint8Array>;
}

/** An answer that is not the file. */
export class Refusal extends Error {
  constructor(
    message: string,
    /** Whether to ask again, for the rest or from the beginning. */
    readonly next: 'give up' | 'go on' | 'start over',
    /** Milliseconds the server asks us to wait. */
    readonly wait = 0,
  ) {
    super(message);
  }
}

/** Silence of a server, or of a proxy, that counts as a broken connection, in milliseconds. */
const silence = 60_000;

/** Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in capitals or not. */
export function networkAgent(): EnvHttpProxyAgent {
  return new EnvHttpProxyAgent({ headersTimeout: silence, bodyTimeout: silence, connectTimeout: silence });
}

/**
 * Asks for a file from byte `have` on. A server that cannot, or whose file has changed since, answers with all of
 * it, and `start` is 0.
 *
 * @throws Refusal when the server has nothing for us; TypeError when the connection fails
 */
export async function request(
  { href: url, authorization }: Address,
  have: number,
  known: Validators | undefined,
  { agent, signal }: { readonly agent: EnvHttpProxyAgent; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const condition = known?.etag?.startsWith('W/') === false ? known.etag : known?.lastModified;
  const response = await fetch(url, {
    dispatcher: agent,
    ...(signal === undefined ? {} : { signal }),
    headers: {
      // ranges and sizes are those of the file, not of a compressed copy
      'accept-encoding': 'identity',
      'user-agent': 'ard',
      ...(authorization === undefined ? {} : { authorization }),
      ...(have > 0 ? { range: `bytes=${have}-` } : {}),
      ...(have > 0 && condition !== undefined ? { 'if-range': condition } : {}),
    },
  });
  const { status, headers } = response;
  if (status !== 200 && status !== 206) throw await refusal(response);
  if (/^(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    throw new Refusal('the server sent a web page instead of the file', 'give up');
  }
  const range = status === 206 ? parseRange(headers.get('content-range')) : undefined;
  if (status === 206 && range?.start !== have) {
    await response.body?.cancel();
    throw new Refusal('the server sent another part of the file than asked for', 'start over');
  }
  if (response.body === null) throw new Refusal('the server sent nothing', 'go on');
  const length = headers.get('content-length');
  return {
    start: range?.start ?? 0,
    total: range === undefined ? (length === null ? undefined : Number(length)) : range.total,
    validators: {
      url,
      ...entry('etag', headers.get('etag')),
      ...entry('lastModified', headers.get('last-modified')),
    },
    body: response.body,
  };
}

async function refusal(response: Response): Promise<Refusal> {
  await response.body?.cancel();
  const { status, statusText, headers } = response;
  if (status === 416) return new Refusal('the server has no more of the file', 'start over');
  const seconds = Number(headers.get('retry-after'));
  return new Refusal(
    `the server answered ${status}${statusText === '' ? '' : ` ${statusText}`}`,
    status === 408 || status === 429 || status >= 500 ? 'go on' : 'give up',
    Number.isFinite(seconds) ? seconds * 1000 : 0,
  );
}

function parseRange(
  text: string | null,
): { readonly start: number; readonly total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(text ?? '');
  if (!match) return undefined;
  return { start: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}

function entry(name: 'etag' | 'lastModified', value: string | null): object {
  return value === null ? {} : { [name]: value };
}
