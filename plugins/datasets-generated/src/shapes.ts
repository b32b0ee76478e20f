import { blend, cover, hsv, type Colour } from './colour.js';
import { along, inside } from './geometry.js';
import type { Recipe, Shade } from './recipe.js';
import type { Draw } from './draw.js';

/** Large shapes in strong colours: what a small network learns first and keeps under attack. */
export const sun: Recipe = {
  name: 'sun',
  paint(draw, pixel) {
    const sky = gradient(draw, hsv(draw(0.53, 0.62), draw(0.35, 0.7), draw(0.65, 0.95)), draw(0.05, 0.25));
    const body = hsv(draw(0.07, 0.15), draw(0.7, 0.95), draw(0.92, 1));
    const [x, y, radius, turn] = [draw(-0.35, 0.35), draw(-0.35, 0.35), draw(0.34, 0.6), draw(0, 6.28)];
    const clear = clarity(draw);
    return (u, v, colour) => {
      sky(u, v, colour);
      const distance = Math.hypot(u - x, v - y);
      const rays = 0.07 * Math.cos(11 * Math.atan2(v - y, u - x) + turn);
      cover(colour, body, 0.55 * clear * Math.exp(-5 * Math.max(0, distance - radius)));
      cover(colour, body, clear * inside(distance - radius * (1 + rays), pixel));
    };
  },
};

export const moon: Recipe = {
  name: 'moon',
  paint(draw, pixel) {
    const sky = gradient(draw, hsv(draw(0.6, 0.74), draw(0.4, 0.75), draw(0.12, 0.34)), draw(0.02, 0.12));
    const body = hsv(draw(0.11, 0.16), draw(0.08, 0.3), draw(0.85, 0.98));
    const [x, y, radius] = [draw(-0.3, 0.3), draw(-0.3, 0.3), draw(0.38, 0.62)];
    const clear = clarity(draw);
    const [bite, turn] = [draw(0.45, 0.75), draw(-0.9, 0.9)];
    const biteX = x + bite * radius * Math.cos(turn);
    const biteY = y + bite * radius * Math.sin(turn);
    const stars = Array.from({ length: 6 }, () => [draw(-1, 1), draw(-1, 1), draw(0.3, 0.8)] as const);
    return (u, v, colour) => {
      sky(u, v, colour);
      for (const [starX, starY, brightness] of stars) {
        cover(colour, body, clear * brightness * inside(Math.hypot(u - starX, v - starY) - pixel / 2, pixel));
      }
      const lit = inside(Math.hypot(u - x, v - y) - radius, pixel);
      const dark = inside(Math.hypot(u - biteX, v - biteY) - radius * 0.92, pixel);
      cover(colour, body, clear * lit * (1 - dark));
    };
  },
};

export const leaf: Recipe = {
  name: 'leaf',
  paint(draw, pixel) {
    const ground = gradient(draw, hsv(draw(0.08, 0.15), draw(0.06, 0.24), draw(0.8, 0.97)), draw(0.04, 0.15));
    const blade = hsv(draw(0.24, 0.4), draw(0.55, 0.9), draw(0.35, 0.65));
    const vein: Colour = [blade[0] + 0.2, blade[1] + 0.2, blade[2] + 0.15];
    const [x, y, turn] = [draw(-0.25, 0.25), draw(-0.25, 0.25), draw(0, 6.28)];
    const [length, fullness] = [draw(0.65, 0.95), draw(0.4, 0.6)];
    const clear = clarity(draw);
    // a lens: where two discs of the same radius meet
    const radius = (length * length + fullness * fullness * length * length) / (2 * fullness * length);
    const centre = radius - fullness * length;
    return (u, v, colour) => {
      ground(u, v, colour);
      const stalk = along(u - x, v - y, turn);
      const side = along(u - x, v - y, turn + Math.PI / 2);
      const lens = Math.hypot(stalk, Math.abs(side) + centre) - radius;
      cover(colour, blade, clear * inside(lens, pixel));
      const ribs = Math.abs(side) < length && Math.cos(9 * (stalk + Math.abs(side))) > 0.8 ? 0.45 : 0;
      const midrib = inside(Math.abs(side) - 0.04, pixel) * (Math.abs(stalk) < length * 1.1 ? 0.8 : 0);
      cover(colour, vein, clear * Math.max(midrib, ribs * inside(lens, pixel)));
    };
  },
};

export const zebra: Recipe = {
  name: 'zebra',
  paint(draw) {
    const dark = hsv(draw(0, 1), draw(0, 0.3), draw(0.05, 0.2));
    const light = hsv(draw(0.05, 0.16), draw(0, 0.18), draw(0.8, 0.98));
    const clear = clarity(draw);
    const [turn, cycles, phase] = [draw(0, 3.14), draw(1.4, 2.1), draw(0, 6.28)];
    const [bend, bendPhase] = [draw(0.5, 1.2), draw(0, 6.28)];
    return (u, v, colour) => {
      const across = along(u, v, turn);
      const warp = bend * Math.sin(2.2 * along(u, v, turn + 1.57) + bendPhase);
      const wave = Math.sin(Math.PI * cycles * across + warp + phase);
      blend(dark, light, 0.5 + 0.5 * clear * Math.tanh(3.5 * wave), colour);
    };
  },
};

/** Most images are clear, some hazy, so that easy classes have a few hard images. */
function clarity(draw: Draw): number {
  return 1 - 0.8 * draw(0, 1) ** 2;
}

/** A base colour that grows lighter to one side. */
function gradient(draw: Draw, base: Colour, strength: number): Shade {
  const turn = draw(0, 6.28);
  return (u, v, colour) => {
    const light = strength * along(u, v, turn);
    for (let channel = 0; channel < 3; channel++) colour[channel] = base[channel]! + light;
  };
}
