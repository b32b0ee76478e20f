import { MalformedFile } from '../malformed-file.js';

/** The bytes end in the middle of a pickle. */
export class TruncatedPickle extends MalformedFile {
  constructor() {
    super('it is truncated: its pickle has no end');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the operands of a pickle, never beyond its end. */
export class PickleCursor {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes were read. */
  get position(): number {
    return this.at;
  }

  byte(): number {
    return this.view.getUint8(this.advance(1));
  }

  unsigned(width: 1 | 2 | 4 | 8): number {
    if (width === 1) return this.byte();
    const at = this.advance(width);
    if (width === 2) return this.view.getUint16(at, true);
    return width === 4 ? this.view.getUint32(at, true) : Number(this.view.getBigUint64(at, true));
  }

  signed32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  /** The only number that pickles hold big-endian. */
  double(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  take(count: number): Uint8Array {
    const at = this.advance(count);
    return this.bytes.subarray(at, at + count);
  }

  text(count: number): string {
    try {
      return utf8.decode(this.take(count));
    } catch (error) {
      if (error instanceof MalformedFile) throw error;
      throw new MalformedFile('its pickle holds text that is not UTF-8');
    }
  }

  /** Up to the end of the line, which is left out. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end === -1) throw new TruncatedPickle();
    const line = Buffer.from(this.take(end - this.at)).toString('latin1');
    this.at++;
    return line;
  }

  private advance(count: number): number {
    const at = this.at;
    if (count > this.bytes.length - at) throw new TruncatedPickle();
    this.at += count;
    return at;
  }
}
