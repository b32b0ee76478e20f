import { ArdError } from '@ard/core';

/** Where to download from; name and password of the address travel in a header and are never shown or written. */
export interface Address {
  readonly href: string;
  readonly authorization: string | undefined;
}

/** @throws ArdError when it is no address of the web */
export function parseAddress(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ArdError(`"${url}" is no address to download from.`, {
      remedy: 'Give one that begins with https://.',
    });
  }
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    href: parsed.href,
    authorization: secret === ':' ? undefined : `Basic ${Buffer.from(secret).toString('base64')}`,
  };
}
