import { Malformed } from './malformed.js';

/** One field of a protobuf message, as it stands in the file. Nothing is copied. */
export interface Field {
  readonly number: number;
  /** Of a varint, a 32-bit or a 64-bit field; integers beyond 2^53 lose their last digits. */
  readonly value: number;
  /** Of a field with a length; of a fixed one its 4 or 8 bytes. */
  readonly bytes: Uint8Array;
  /** Whether it has a length: a text, a message or several numbers. */
  readonly isBytes: boolean;
}

const none = new Uint8Array(0);

/**
 * The fields of a message, one after another. What a hostile file claims is compared with the bytes that are there
 * before anything is made of it.
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const tag = varint(message, cursor);
    const number = Math.floor(tag / 8);
    if (number < 1) throw new Malformed('it holds a field without a number');
    switch (tag % 8) {
      case 0:
        yield { number, value: varint(message, cursor), bytes: none, isBytes: false };
        break;
      case 1:
        yield { number, value: 0, bytes: taken(message, cursor, 8), isBytes: false };
        break;
      case 2:
        yield { number, value: 0, bytes: taken(message, cursor, varint(message, cursor)), isBytes: true };
        break;
      case 5: {
        const bytes = taken(message, cursor, 4);
        yield { number, value: view(bytes).getFloat32(0, true), bytes, isBytes: false };
        break;
      }
      default:
        throw new Malformed('it is no protobuf message');
    }
  }
}

/** Integers of a repeated field, packed or one by one. */
export function integersOf({ value, bytes, isBytes }: Field): readonly number[] {
  if (!isBytes) return [value];
  const cursor = { at: 0 };
  const values: number[] = [];
  while (cursor.at < bytes.length) values.push(varint(bytes, cursor));
  return values;
}

export function textOf({ bytes }: Field): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function taken(message: Uint8Array, cursor: { at: number }, length: number): Uint8Array {
  if (!(length >= 0) || cursor.at + length > message.length) throw new Malformed('it is truncated');
  const bytes = message.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return bytes;
}

/** A signed 64-bit integer of up to ten bytes. */
function varint(message: Uint8Array, cursor: { at: number }): number {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = message[cursor.at++];
    if (byte === undefined) throw new Malformed('it is truncated');
    const bits = byte & 0x7f;
    if (shift < 28) low += bits * 2 ** shift;
    else if (shift === 28) {
      low += (bits & 0x0f) * 2 ** 28;
      high += bits >> 4;
    } else high += bits * 2 ** (shift - 32);
    if (byte < 0x80) return low + (high % 2 ** 32 >= 2 ** 31 ? (high % 2 ** 32) - 2 ** 32 : high) * 2 ** 32;
  }
  throw new Malformed('it holds a number of more than 64 bits');
}
