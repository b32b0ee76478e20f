import type { Shape } from './graph.js';

/** The shape of an elementwise result, by NumPy's rule; undefined where the shapes do not fit. */
export function tryBroadcast(shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const extent = shape[axis]!;
      if (extent === 1 || extent === result[offset + axis]) continue;
      if (result[offset + axis] !== 1) return undefined;
      result[offset + axis] = extent;
    }
  }
  return result;
}

/** @throws RangeError where the shapes do not fit */
export function broadcast(shapes: readonly Shape[]): Shape {
  const result = tryBroadcast(shapes);
  if (!result)
    throw new RangeError(`shapes ${shapes.map((s) => `[${s.join(', ')}]`).join(' and ')} do not fit`);
  return result;
}
