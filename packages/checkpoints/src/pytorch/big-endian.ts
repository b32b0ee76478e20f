import { MalformedFile } from '../malformed-file.js';

/** Nobody trains on such machines any more. */
export function bigEndian(): MalformedFile {
  return new MalformedFile('it was written on a big-endian machine');
}
