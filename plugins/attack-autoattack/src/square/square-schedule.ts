export interface SquareSchedule {
  /** Queries in all, the start not counted. */
  readonly queries: number;
  /** Share of pixels changed at first. */
  readonly initialShare: number;
  /** Whether the schedule, made for 10,000 queries, is stretched or shrunk to `queries`. */
  readonly rescale: boolean;
}

/** Last iteration, and by how much the initial share is divided until then. */
const phases: readonly (readonly [number, number])[] = [
  [10, 1],
  [50, 2],
  [200, 4],
  [500, 8],
  [1000, 16],
  [2000, 32],
  [4000, 64],
  [6000, 128],
  [8000, 256],
  [Infinity, 512],
];

const scheduledQueries = 10000;

/** Side of the window that changes in an iteration (0-based), in pixels; at least 1, at most the image's side. */
export function squareSide(
  iteration: number,
  { height, width }: { readonly height: number; readonly width: number },
  { queries, initialShare, rescale }: SquareSchedule,
): number {
  const at = rescale ? Math.floor((iteration / queries) * scheduledQueries) : iteration;
  const [, divisor] = phases.find(([last]) => at <= last)!;
  const side = Math.round(Math.sqrt((initialShare / divisor) * height * width));
  return Math.min(Math.max(side, 1), height, width);
}
