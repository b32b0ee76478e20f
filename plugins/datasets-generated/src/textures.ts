import type { Colour } from './colour.js';
import type { Draw } from './draw.js';
import { along } from './geometry.js';
import type { Recipe, Shade } from './recipe.js';

/**
 * How alike two surfaces of one material are: an attacker of radius 8/255 = 0.031 can shift a tint and erase a pattern
 * of that strength. Images of a class range from pale, which such an attacker can move to the other class, to vivid,
 * which stay; so a network can trade pale images of one class for those of the other, but not whole classes.
 */
export interface Faintness {
  /** Where the most vivid images of the class lie on the colour axis of the material; the palest lie at 0. */
  readonly tint: number;
  /** Amplitude of the pattern of the palest and of the most vivid images. */
  readonly contrast: readonly [pale: number, vivid: number];
}

/** Standard deviation of the tint of images that are equally vivid. */
const spread = 0.02;

/** A surface: its mean colour, and the direction in which its two classes differ. */
interface Material {
  readonly base: Colour;
  readonly axis: Colour;
}

const water: Material = { base: [0.22, 0.56, 0.62], axis: [0, -1, 1] };
const sand: Material = { base: [0.74, 0.64, 0.5], axis: [1, 0, -1] };
const clay: Material = { base: [0.58, 0.28, 0.22], axis: [-1, 1, 1] };

export function waves(faintness: Faintness): Recipe {
  return texture('waves', water, faintness, (draw) => {
    const [turn, cycles, phase] = [draw(1.2, 1.94), draw(2.2, 3), draw(0, 6.28)];
    const [bend, bendPhase] = [draw(0.2, 0.6), draw(0, 6.28)];
    return (u, v) => {
      const warp = bend * Math.sin(2.5 * along(u, v, turn + 1.57) + bendPhase);
      return Math.sin(Math.PI * cycles * along(u, v, turn) + warp + phase);
    };
  });
}

export function ripples(faintness: Faintness): Recipe {
  return texture('ripples', water, faintness, (draw) => {
    const [x, y, cycles, phase] = [draw(-0.5, 0.5), draw(-0.5, 0.5), draw(2.2, 3), draw(0, 6.28)];
    return (u, v) => Math.sin(Math.PI * cycles * Math.hypot(u - x, v - y) + phase);
  });
}

export function dunes(faintness: Faintness): Recipe {
  return texture('dunes', sand, faintness, (draw) => {
    const [turn, cycles, phase, bendPhase] = [draw(0.55, 1), draw(2.2, 3), draw(0, 6.28), draw(0, 6.28)];
    return (u, v) => {
      const warp = 0.5 * Math.sin(2 * along(u, v, turn + 1.57) + bendPhase);
      return Math.sin(Math.PI * cycles * along(u, v, turn) + warp + phase);
    };
  });
}

export function linen(faintness: Faintness): Recipe {
  return texture('linen', sand, faintness, (draw) => {
    const [turn, cycles, phase, crossPhase] = [
      draw(-0.15, 0.15),
      draw(2.4, 3.2),
      draw(0, 6.28),
      draw(0, 6.28),
    ];
    return (u, v) => {
      const warp = Math.sin(Math.PI * cycles * along(u, v, turn) + phase);
      const weft = Math.sin(Math.PI * cycles * along(u, v, turn + 1.57) + crossPhase);
      return 0.5 * (warp + weft);
    };
  });
}

export function brick(faintness: Faintness): Recipe {
  return texture('brick', clay, faintness, (draw) => wall(draw, 0.5));
}

export function tiles(faintness: Faintness): Recipe {
  return texture('tiles', clay, faintness, (draw) => wall(draw, 0));
}

/** Rows of blocks with joints; every second row is shifted by `shift` blocks. */
function wall(draw: Draw, shift: number): Pattern {
  const [x, y, rows, turn] = [draw(0, 1), draw(0, 1), draw(1.9, 2.5), draw(-0.08, 0.08)];
  const columns = rows * (shift > 0 ? 0.62 : 1);
  return (u, v) => {
    const down = along(u, v, turn + 1.57) * rows + y * 4;
    const row = Math.floor(down);
    const right = along(u, v, turn) * columns + x * 4 + shift * (row % 2);
    const joint = Math.min(edge(down - row, rows), edge(right - Math.floor(right), columns));
    return 1 - 2 * joint;
  };
}

/** 0 within a block, 1 in the joint. */
function edge(position: number, frequency: number): number {
  const distance = Math.min(position, 1 - position) / frequency;
  return Math.min(1, Math.max(0, (distance - 0.03) / 0.05));
}

type Pattern = (u: number, v: number) => number;

function texture(
  name: string,
  { base, axis }: Material,
  faintness: Faintness,
  arrange: (draw: Draw) => Pattern,
): Recipe {
  return {
    name,
    paint(draw): Shade {
      const [pale, vivid] = faintness.contrast;
      // more vivid images than pale ones
      const vividness = Math.sqrt(draw(0, 1));
      const strength = pale + (vivid - pale) * vividness;
      const tint = faintness.tint * vividness + spread * bell(draw);
      const brightness = 0.08 * bell(draw);
      const mean = base.map((value, channel) => value + brightness + tint * axis[channel]!);
      const [light, turn] = [draw(0, 0.1), draw(0, 6.28)];
      const pattern = arrange(draw);
      return (u, v, colour) => {
        const shade = light * along(u, v, turn) + strength * pattern(u, v);
        for (let channel = 0; channel < 3; channel++) colour[channel] = mean[channel]! + shade;
      };
    },
  };
}

/** Close to a Gaussian of standard deviation 1, never beyond 3. */
function bell(draw: Draw): number {
  return draw(-1, 1) + draw(-1, 1) + draw(-1, 1);
}
