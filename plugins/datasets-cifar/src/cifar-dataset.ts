import { basename } from 'node:path';
import type { LabelledImages, Split } from '@ard/core';
import { augmentationOptions } from '@ard/data';
import { batchFiles, type SplitFiles } from './batch-files.js';
import { readBinary } from './read-binary.js';
import { readBatches } from './read-batches.js';

/** One of the two CIFAR sets, with one of its sets of labels. */
export interface CifarKind {
  readonly id: 'cifar10' | 'cifar100';
  readonly classes: number;
  /** The files of a split in the binary and in the Python layout. */
  readonly files: Readonly<Record<Split, SplitFiles>>;
  /** Of a record in the binary layout, and which of them is the label. */
  readonly labelBytes: 1 | 2;
  readonly labelIndex: 0 | 1;
  /** The key of the labels in the Python layout. */
  readonly labelKey: string;
}

/** What the papers do with both (methods.md 1.1). */
export const cifarAugmentation = { cropPadding: 4, paddingMode: 'zero', flip: true } as const;

export const shape = { height: 32, width: 32, channels: 3 };

/** Options that both have. */
export const commonOptions = augmentationOptions(cifarAugmentation);

export async function loadCifar(
  directory: string,
  split: Split,
  kind: CifarKind,
  classNames: readonly string[],
): Promise<LabelledImages> {
  const { layout, names } = await batchFiles(directory, kind.files[split], kind.id);
  const read = layout === 'binary' ? readBinary : readBatches;
  const { images, labels, count, fingerprint } = await read(directory, names, kind);
  const places = names.length === 1 ? names[0]! : `${names.length} files, ${names[0]!} to ${names.at(-1)!}`;
  const source = `${count.toLocaleString('en')} records in ${places} of ${basename(directory)}`;
  return { shape, classNames, images, labels, count, source, fingerprint };
}
