import { duplicateKey } from './duplicate-key.js';
import { elementTypes } from './element-types.js';
import { MalformedFile } from './malformed-file.js';
import { shown } from './shown.js';

/** One tensor as the header describes it, checked. */
export interface TensorEntry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Bytes after the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads and checks the header: known types, shapes that give the byte counts, and ranges that cover all data
 * without gap or overlap, in any order.
 *
 * @param bytes the JSON text, UTF-8
 * @param dataBytes what follows the header in the file
 * @throws MalformedFile
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number): SafetensorsHeader {
  const { __metadata__: metadata = {}, ...tensors } = parseObject(bytes);
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw new MalformedFile('its __metadata__ is not a record of strings');
  }
  const entries = Object.entries(tensors).map(([name, description]) => checkedEntry(name, description));
  checkCoverage(entries, dataBytes);
  return { entries, metadata: metadata as Record<string, string> };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch {
    throw new MalformedFile('its header is not valid JSON');
  }
  if (!isRecord(parsed)) throw new MalformedFile('its header is not a JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw new MalformedFile(`its header names ${shown(twice)} twice`);
  return parsed;
}

function checkedEntry(name: string, description: unknown): TensorEntry {
  const tensor = `the tensor ${shown(name)}`;
  if (!isRecord(description)) throw new MalformedFile(`${tensor} has no description`);
  const { dtype, shape, data_offsets: offsets } = description;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementTypes, dtype)) {
    const given = typeof dtype === 'string' ? `the element type ${shown(dtype)}` : 'no element type';
    throw new MalformedFile(`${tensor} has ${given}; readable are ${Object.keys(elementTypes).join(', ')}`);
  }
  if (!isCounts(shape)) throw new MalformedFile(`${tensor} has no proper shape`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw new MalformedFile(`${tensor} has no proper data_offsets`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, extent) => product * extent, elementTypes[dtype]!.bytes);
  if (begin > end || bytes !== end - begin) {
    const given = `[${shape.slice(0, 8).join(', ')}] of ${dtype}`;
    throw new MalformedFile(`${tensor} has ${end - begin} bytes, its shape ${given} needs ${bytes}`);
  }
  return { name, type: dtype, shape, begin, end };
}

/** The format wants every byte to belong to one tensor, so a file cannot carry anything unseen. */
function checkCoverage(entries: readonly TensorEntry[], dataBytes: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered) throw new MalformedFile(`the tensor ${shown(name)} overlaps another one`);
    if (begin > covered) throw new MalformedFile(`there is a gap before the tensor ${shown(name)}`);
    if (end > dataBytes) {
      throw new MalformedFile(
        `it is truncated: the tensor ${shown(name)} ends at byte ${end} of ${dataBytes}`,
      );
    }
    covered = end;
  }
  if (covered < dataBytes)
    throw new MalformedFile(`${dataBytes - covered} bytes at its end belong to no tensor`);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
