import { elementTypes } from '../element-types.js';
import { MalformedFile } from '../malformed-file.js';
import { shown } from '../shown.js';
import { isKind, type PickleValue } from './pickle-value.js';
import type { StorageReference } from './tensor-view.js';

/** They are counters or addresses. */
const longestKey = 100;

/** Collects the storages that a pickle refers to. */
export class StorageTable {
  /** By key; all of each, whatever the tensors show of it. */
  readonly storages = new Map<string, StorageReference>();

  /** @param fileBytes the size of the file: no storage can be larger */
  constructor(private readonly fileBytes: number) {}

  /**
   * Reads the id that stands for a storage: `('storage', class, key, device, elements)`, in files without zip also
   * a part of it as `(key, start, elements)`.
   *
   * @throws MalformedFile for any other id, and for a storage larger than the file
   */
  add(id: PickleValue): StorageReference {
    if (!Array.isArray(id) || id[0] !== 'storage' || id.length < 5 || id.length > 6) throw otherId();
    const [, type, key, , elements, part] = id;
    if (!isKind(type, 'global') || type.elementType === undefined) throw otherId();
    if (typeof key !== 'string' || key.length > longestKey || !isCount(elements)) throw otherId();
    const bytes = elements * elementTypes[type.elementType]!.bytes;
    if (bytes > this.fileBytes) {
      throw new MalformedFile(
        `it is truncated: a storage of ${bytes} bytes, the whole file ${this.fileBytes}`,
      );
    }
    const whole = { kind: 'storage', key, elementType: type.elementType, start: 0, elements } as const;
    const former = this.storages.get(key) ?? whole;
    if (former.elementType !== whole.elementType || former.elements !== elements) {
      throw new MalformedFile(`the storage ${shown(key)} is described in two ways`);
    }
    this.storages.set(key, former);
    return part === undefined ? former : partOf(former, part);
  }
}

function partOf(storage: StorageReference, part: PickleValue): StorageReference {
  const [, start, elements] = Array.isArray(part) ? part : [];
  if (!isCount(start) || !isCount(elements) || start + elements > storage.elements) throw otherId();
  return { ...storage, start, elements };
}

function isCount(value: PickleValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function otherId(): MalformedFile {
  return new MalformedFile('its pickle refers to something that is no storage of numbers');
}
