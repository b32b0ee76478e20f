import { MalformedFile } from '../malformed-file.js';

/** Longer integers mean nothing in a checkpoint; the longest that PyTorch writes has 10 bytes. */
const longestInteger = 64;

/** A number of the text protocol 0, in which `00` and `01` are false and true. */
export function numberFromText(line: string): number | bigint | boolean {
  if (line === '00' || line === '01') return line === '01';
  if (/^-?\d+$/.test(line)) return longFromText(line);
  const value = Number({ inf: 'Infinity', '-inf': '-Infinity' }[line] ?? line);
  if (line === '' || (Number.isNaN(value) && line !== 'nan')) throw noNumber();
  return value;
}

export function longFromText(line: string): number | bigint {
  if (line.length > longestInteger || !/^-?\d+L?$/.test(line)) throw noNumber();
  return narrowed(BigInt(line.replace('L', '')));
}

/** Two's complement, little-endian; no bytes at all are 0. */
export function longFromBytes(bytes: Uint8Array): number | bigint {
  if (bytes.length > longestInteger) throw noNumber();
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return narrowed(BigInt.asIntN(8 * bytes.length, value));
}

/** A text with quotes around it, as Python's repr writes it. */
export function quotedText(line: string): string {
  const [, , text] = /^(["'])([^\\]*)\1$/.exec(line) ?? [];
  if (text === undefined) throw new MalformedFile('its pickle holds text with escapes');
  return text;
}

/** A text in which characters beyond latin-1 are written as \uXXXX. */
export function unicodeText(line: string): string {
  return line.replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function noNumber(): MalformedFile {
  return new MalformedFile('its pickle holds a number that is none');
}
