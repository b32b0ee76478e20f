import { defineComponent, type Component } from '@ard/core';
import { augmentationOptions, chosenAugmentation } from '@ard/data';
import { z } from 'zod';
import { generateImages } from './generate-images.js';
import { recipes } from './recipes.js';

const options = z.object({
  trainCount: z.int().min(10).max(200_000).default(3000).describe('training images, 10 to 200,000'),
  testCount: z.int().min(10).max(200_000).default(1000).describe('test images, 10 to 200,000'),
  seed: z.int().min(0).default(0).describe('seed of the painter, 0 or more; not the seed of the training'),
  classes: z
    .int()
    .min(2)
    .max(recipes.length)
    .default(recipes.length)
    .describe('the first so many classes, 2 to 10'),
  size: z.int().min(8).max(96).default(32).describe('height and width in pixels, 8 to 96'),
  // no flip: the direction of the dunes is what tells them apart
  ...augmentationOptions({ cropPadding: 2, paddingMode: 'reflect', flip: false }),
});

/**
 * Images painted from a seed: four shapes that stay recognisable under attack and three pairs of surfaces that
 * differ by little more than an attacker of radius 8/255 can change. Needs no files.
 */
export const generated: Component = defineComponent({
  kind: 'dataset',
  id: 'generated',
  summary: 'painted 32 x 32 colour images, 10 classes of unequal difficulty, no files needed',
  options,
  create: ({ trainCount, testCount, seed, classes, size, ...changes }) => ({
    shape: { height: size, width: size, channels: 3 },
    classNames: recipes.slice(0, classes).map(({ name }) => name),
    augmentation: chosenAugmentation(changes),
    load: (split) =>
      Promise.resolve(
        generateImages({ split, count: split === 'train' ? trainCount : testCount, seed, classes, size }),
      ),
  }),
});
