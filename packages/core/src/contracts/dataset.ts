import type { ImageShape } from './model.js';

export type Split = 'train' | 'test';

/** One split in memory: bytes, because 50,000 CIFAR images as floats would be four times as large. */
export interface LabelledImages {
  readonly shape: ImageShape;
  readonly classNames: readonly string[];
  /** `[count, height, width, channels]`, 0..255. */
  readonly images: Uint8Array;
  /** `[count]`, 0..classes-1. */
  readonly labels: Uint8Array | Int32Array;
  readonly count: number;
  /** Where it came from and how much was found, one readable line: `1,000 records in test_batch.bin`. */
  readonly source: string;
  /** SHA-256 over what was read (or over the generator's options), for run records and caches. */
  readonly fingerprint: string;
}

/** Random changes made to training images; values in pixels. */
export interface Augmentation {
  /** Random crop after padding by this many pixels on each side; 0 is none. */
  readonly cropPadding: number;
  readonly paddingMode: 'zero' | 'reflect';
  /** Horizontal flip with probability one half. */
  readonly flip: boolean;
  /** Side of a square, centred anywhere in the image, that is set to 0; none when absent or 0. */
  readonly cutout?: number;
}

/** The component kind `dataset`. */
export interface Dataset {
  readonly shape: ImageShape;
  readonly classNames: readonly string[];
  /** What papers use for training on this data. */
  readonly augmentation: Augmentation;
  /** @throws ArdError when files are missing, truncated or hold labels outside the range */
  load(split: Split): Promise<LabelledImages>;
  /** Every file at fault, one line each, where there are many and `load` names only the first. */
  corrupt?(split: Split): Promise<readonly string[]>;
}

/** A file as its authors published it. */
export interface OfficialFile {
  /** Inside the folder of the data set. */
  readonly name: string;
  /** Lower-case hexadecimal; md5 is for those whose authors published nothing better. */
  readonly checksum: { readonly algorithm: 'md5' | 'sha256'; readonly digest: string };
  /** SHA-256 of what a gzipped file unpacks to, which does not depend on who packed it. */
  readonly unpackedSha256?: string;
}

/** A file to download. */
export interface OfficialDownload {
  readonly url: string;
  readonly checksum: OfficialFile['checksum'];
  /** An archive is unpacked without its outermost folder; anything else is put into the folder as it is. */
  readonly archive?: 'tar.gz' | 'zip';
}

/** What `ard data` knows about the files of a data set before there are any. */
export interface DatasetOrigin {
  /** Whether a folder holds this data set, by the names of what is directly in it. */
  recognise(names: readonly string[]): boolean;
  /** One list for each layout that the files come in. */
  readonly official?: readonly (readonly OfficialFile[])[];
  readonly downloads?: readonly OfficialDownload[];
}
