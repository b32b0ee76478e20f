import type { Attack, AttackBatch, PreparedAttack } from '../contracts/attack.js';
import type { HostArray, NdArray } from '../contracts/nd-array.js';
import type { RandomStream } from '../contracts/random-stream.js';
import { padded, type BatchSizes } from '../examples/batch-sizes.js';
import { rowsOf, rowsOfAll } from '../examples/rows-of.js';
import { hostArray } from '../nd-array.js';
import { accumulatorsOf } from '../training/observers.js';
import type { NetworkVictim } from '../training/victim.js';
import type { FirstWrong } from './first-wrong.js';

/** The name under which a victim carries {@link firstWrong}. */
export const watcher = 'evaluation';

/** Images under attack, `[images, …]` each. */
export interface Attacked {
  readonly images: HostArray;
  readonly labels: HostArray;
  readonly references: Readonly<Record<string, HostArray>>;
  readonly ids: Int32Array;
}

export interface AttackedImages {
  /** `[images, height, width, channels]`. */
  readonly images: HostArray;
  /** Index of the first iterate that the network was wrong about, where that is known and there is one. */
  readonly steps: readonly (number | undefined)[];
}

/** Attacks any number of images in batches of few sizes. */
export async function runAttack(
  { attack, prepared }: { readonly attack: Attack; readonly prepared: PreparedAttack },
  attacked: Attacked,
  run: { readonly random: RandomStream; readonly sizes: BatchSizes; readonly victim: NetworkVictim },
): Promise<AttackedImages> {
  const count = attacked.ids.length;
  if (attack.cutsBatches) return await runBatch(attack, prepared, attacked, run);
  const images = new Float32Array(attacked.images.data.length);
  const width = images.length / count;
  const steps: (number | undefined)[] = [];
  for (const size of run.sizes.plan(count)) {
    const from = steps.length;
    const rows = Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index);
    const found = await runBatch(attack, prepared, await rowsOfAttacked(attacked, padded(rows, size)), run);
    images.set(found.images.data.subarray(0, rows.length * width), from * width);
    steps.push(...found.steps.slice(0, rows.length));
  }
  return { images: hostArray(images, attacked.images.shape), steps };
}

async function runBatch(
  attack: Attack,
  prepared: PreparedAttack,
  { images, labels, references, ids }: Attacked,
  { random, sizes, victim }: Parameters<typeof runAttack>[2],
): Promise<AttackedImages> {
  const radius = new Float32Array(ids.length).fill(attack.epsilon);
  const batch: AttackBatch = { images, labels, references, epsilon: hostArray(radius, [ids.length]) };
  const trajectory = attack.reportsIterates ? await victim.startTrajectory(batch) : {};
  const batchSize = sizes.capacity;
  const result = await prepared(batch, { random, ids, trajectory, untilBroken: true, batchSize });
  const seen = await stepsSeen(result.trajectory);
  const known = result.breaks?.map((found) => found?.step) ?? seen ?? new Array<undefined>(ids.length);
  return { images: await hostCopy(result.adversarial), steps: Array.from(known) };
}

/** An image that is wrong at no iterate shown is wrong at the last one, if at all. */
async function stepsSeen(trajectory: Readonly<Record<string, NdArray>>): Promise<number[] | undefined> {
  const { seen, first } = accumulatorsOf(trajectory, watcher) as unknown as Partial<FirstWrong<NdArray>>;
  if (!seen || !first) return undefined;
  const [counts, firsts] = [await seen.read(), await first.read()];
  return Array.from(firsts, (step, row) => (step < 0 ? counts[row]! : step));
}

async function hostCopy(array: NdArray): Promise<HostArray> {
  return await rowsOf(
    array,
    Array.from({ length: array.shape[0]! }, (_, row) => row),
  );
}

/** The images with these places; places may repeat. */
export async function rowsOfAttacked(
  { images, labels, references, ids }: Attacked,
  rows: readonly number[],
): Promise<Attacked> {
  return {
    ...(await rowsOfAll({ images, labels }, rows)),
    references: await rowsOfAll(references, rows),
    ids: Int32Array.from(rows, (row) => ids[row]!),
  };
}
