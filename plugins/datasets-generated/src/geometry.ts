/** How much of a pixel lies inside a shape, from the signed distance to its edge (negative inside). */
export function inside(distance: number, pixel: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance / pixel));
}

/** How far (u, v) lies along the direction `angle`, in radians. */
export function along(u: number, v: number, angle: number): number {
  return u * Math.cos(angle) + v * Math.sin(angle);
}
