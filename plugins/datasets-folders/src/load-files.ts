import { basename } from 'node:path';
import { ArdError, type ImageShape, type LabelledImages } from '@ard/core';
import { fingerprint } from '@ard/data';
import { cachedImages } from './cached-images.js';
import { decodeImages, eachImage, type Fit } from './decode-images.js';

/** One image and its class. */
export interface LabelledFile {
  readonly file: string;
  readonly label: number;
}

/** Decodes a split, or takes it from the cache. */
export async function loadFiles(
  directory: string,
  files: readonly LabelledFile[],
  {
    shape,
    classNames,
    fit,
    cache,
  }: {
    readonly shape: ImageShape;
    readonly classNames: readonly string[];
    readonly fit: Fit;
    readonly cache: boolean;
  },
): Promise<LabelledImages> {
  if (files.length === 0) {
    throw new ArdError(`There are no images (.png, .jpg, .jpeg, .webp) in ${directory}`, {
      remedy: 'Name the folder that holds a folder of images per class with --data-dir.',
    });
  }
  const paths = files.map(({ file }) => file);
  const decode = (): Promise<Uint8Array> => decodeImages(paths, shape, fit);
  const images = cache
    ? await cachedImages(directory, paths, { version: 1, shape, fit }, decode)
    : await decode();
  const labels = Int32Array.from(files, ({ label }) => label);
  return {
    shape,
    classNames,
    images,
    labels,
    count: files.length,
    source: `${files.length.toLocaleString('en')} image files of ${basename(directory)}`,
    fingerprint: fingerprint(images, new Uint8Array(labels.buffer), classNames.join('\n')),
  };
}

/** The files of a split that cannot be decoded, one line each. */
export async function corruptImages(
  files: readonly LabelledFile[],
  shape: ImageShape,
  fit: Fit,
): Promise<readonly string[]> {
  const paths = files.map(({ file }) => file);
  const found = await eachImage(paths, shape, fit, () => undefined);
  return found.map(({ file, reason }) => `${file}: ${reason}`);
}
