import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { ArdError } from '../errors.js';
import { fileError } from '../file-error.js';

/**
 * An append-only file of JSON lines. Written at once, line by line, so that its length at a checkpoint is known
 * and a resumed run can cut off what came after it.
 */
export interface MetricsLog {
  append(line: Readonly<Record<string, unknown>>): void;
  /** Makes everything so far durable. */
  flush(): void;
  readonly bytes: number;
  close(): void;
}

/** @param keepBytes length to cut an existing file back to; 0 starts anew */
export function openMetricsLog(path: string, keepBytes: number): MetricsLog {
  const length = existsSync(path) ? statSync(path).size : 0;
  if (length < keepBytes) {
    throw new ArdError(`${path} has ${length} bytes; the checkpoint was written when it had ${keepBytes}.`, {
      remedy: 'The log was changed after the run stopped; restore it, or start a new run.',
    });
  }
  let file: number;
  try {
    file = openSync(path, 'a');
    ftruncateSync(file, keepBytes);
  } catch (error) {
    throw fileError('write', path, error);
  }
  let bytes = keepBytes;
  return {
    append(line) {
      const text = Buffer.from(`${JSON.stringify(line)}\n`);
      try {
        for (let written = 0; written < text.length;) written += writeSync(file, text, written);
      } catch (error) {
        throw fileError('write', path, error);
      }
      bytes += text.length;
    },
    flush: () => fsyncSync(file),
    get bytes() {
      return bytes;
    },
    close: () => closeSync(file),
  };
}
