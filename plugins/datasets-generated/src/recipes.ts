import type { Recipe } from './recipe.js';
import { leaf, moon, sun, zebra } from './shapes.js';
import { brick, dunes, linen, ripples, tiles, waves } from './textures.js';

/**
 * The classes, easy and hard ones alternating so that a few of them are unequal too. The numbers were tuned on a
 * small network trained against PGD of radius 8/255 (see the plugin's page).
 */
export const recipes: readonly Recipe[] = [
  sun,
  waves({ contrast: [0.05, 0.15], tint: 0.048, spread: 0.04 }),
  ripples({ contrast: [0.05, 0.15], tint: -0.038, spread: 0.055 }),
  zebra,
  brick({ contrast: [0.1, 0.22], tint: -0.05, spread: 0.04 }),
  tiles({ contrast: [0.1, 0.22], tint: 0.05, spread: 0.05 }),
  moon,
  linen({ contrast: [0.08, 0.2], tint: -0.045, spread: 0.05 }),
  dunes({ contrast: [0.05, 0.15], tint: 0.03, spread: 0.04 }),
  leaf,
];
