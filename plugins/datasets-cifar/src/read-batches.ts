import { join } from 'node:path';
import { isKind, readPickle, type PickleValue } from '@ard/checkpoints';
import { ArdError } from '@ard/core';
import { checkLabels, cifarImageBytes, fingerprint, interleavePlanes, sharedBytes } from '@ard/data';
import type { CifarKind } from './cifar-dataset.js';
import type { CifarImages } from './read-binary.js';

const remedy = 'The file is truncated, damaged or not CIFAR in the Python layout; fetch it again.';

/**
 * Reads the files of a split in the Python layout: pickled dictionaries of `data`, `[count, 3072]` bytes in colour
 * planes, and a list of labels. The pickles are read without running anything.
 */
export async function readBatches(
  directory: string,
  names: readonly string[],
  kind: CifarKind,
): Promise<CifarImages> {
  const batches: { readonly data: Uint8Array; readonly labels: Uint8Array }[] = [];
  for (const name of names) batches.push(await readBatch(join(directory, name), kind));
  const labels = Uint8Array.from(batches.flatMap((batch) => [...batch.labels]));
  const images = sharedBytes(labels.length * cifarImageBytes);
  let to = 0;
  for (const { data } of batches) {
    for (let from = 0; from < data.length; from += cifarImageBytes, to += cifarImageBytes) {
      interleavePlanes(data, from, images, to);
    }
  }
  return { images, labels, count: labels.length, fingerprint: fingerprint(images, labels) };
}

async function readBatch(
  file: string,
  { classes, labelKey }: CifarKind,
): Promise<{ data: Uint8Array; labels: Uint8Array }> {
  const content = byText(await readPickle(file, remedy));
  const array = content?.get('data');
  const labels = content?.get(labelKey);
  if (!isKind(array, 'numpy array') || array.content === undefined || !Array.isArray(labels)) {
    const found = content ? [...content.keys()].slice(0, 8).join(', ') : 'no dictionary';
    throw new ArdError(`${file} has no data and ${labelKey} (found: ${found})`, { remedy });
  }
  const { shape, elementType, bytes } = array.content;
  if (elementType !== 'U8' || shape.length !== 2 || shape[1] !== cifarImageBytes || shape[0] === 0) {
    throw new ArdError(`${file}: its data is ${shape.join(' x ')} of type ${elementType}, not bytes x 3072`, {
      remedy,
    });
  }
  if (labels.length !== shape[0]) {
    throw new ArdError(`${file} holds ${shape[0]} images, but ${labels.length} labels`, { remedy });
  }
  if (!labels.every((label) => typeof label === 'number' && Number.isInteger(label) && label >= 0)) {
    throw new ArdError(`${file} has a label that is no whole number`, { remedy });
  }
  checkLabels(labels as number[], classes, file);
  return { data: bytes, labels: Uint8Array.from(labels as number[]) };
}

/** Python 3 keeps the keys of Python 2 as bytes when told to. */
function byText(value: PickleValue): ReadonlyMap<string, PickleValue> | undefined {
  if (!(value instanceof Map)) return undefined;
  return new Map(
    [...value].map(([key, entry]) => [
      key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : String(key),
      entry,
    ]),
  );
}
