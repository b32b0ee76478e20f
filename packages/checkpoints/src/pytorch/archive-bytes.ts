import type { FileHandle } from 'node:fs/promises';
import { RandomAccessReader } from 'yauzl';

/**
 * Gives the zip library the bytes of an open file. Its own reader hands any offset of the archive to Node, which
 * throws where nobody can catch it; this one compares offsets with the size first.
 */
export class ArchiveBytes extends RandomAccessReader {
  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
  ) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (position + length > this.size) {
      setImmediate(done, new Error('beyond the end of the file'));
      return;
    }
    this.file.read(buffer, offset, length, position).then(({ bytesRead }) => done(null, bytesRead), done);
  }

  /** The file is closed where it was opened. */
  override close(done: (error: Error | null) => void): void {
    setImmediate(done, null);
  }
}
