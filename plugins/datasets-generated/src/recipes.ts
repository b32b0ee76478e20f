import type { Recipe } from './recipe.js';
import { leaf, moon, sun, zebra } from './shapes.js';
import { brick, dunes, linen, ripples, tiles, waves } from './textures.js';

/**
 * The classes, easy and hard ones alternating so that a few of them are unequal too. The numbers were tuned on a
 * small network trained against PGD of radius 8/255 (see the plugin's page).
 */
export const recipes: readonly Recipe[] = [
  sun,
  waves({ tint: 0.075, contrast: [0.04, 0.16] }),
  ripples({ tint: -0.05, contrast: [0.04, 0.16] }),
  zebra,
  brick({ tint: -0.1, contrast: [0.1, 0.22] }),
  tiles({ tint: 0.08, contrast: [0.1, 0.22] }),
  moon,
  linen({ tint: -0.045, contrast: [0.06, 0.2] }),
  dunes({ tint: 0.07, contrast: [0.04, 0.16] }),
  leaf,
];
