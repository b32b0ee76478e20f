import {
  type Attack,
  type AttackBreak,
  batchSizes,
  type BatchSizes,
  hostArray,
  type HostArray,
  padded,
  rowsOf,
  type Victim,
} from '@ard/core';
import type * as tf from '@tensorflow/tfjs-core';
import { someOf } from './attempts.js';
import type { Examples, Findings, Member } from './search.js';

export interface MemberAttackOptions {
  readonly epsilon: number;
  readonly description: string;
  readonly norm: 'linf' | 'l2';
  /** Examples per pass; 0 takes what the caller gives. */
  readonly batchSize: number;
}

/**
 * Makes an attack of one member or of several in order. Where broken examples leave, later members see only those
 * still unbroken, and an example that is wrong without any attack keeps its clean image.
 */
export function memberAttack(members: readonly Member[], options: MemberAttackOptions): Attack {
  const sum = (pass: 'forward' | 'backward'): number =>
    members.reduce((total, member) => total + member.passes[pass], 0);
  const leastClasses = Math.max(...members.map((member) => member.leastClasses ?? 2));
  return {
    epsilon: options.epsilon,
    norm: options.norm,
    cutsBatches: true,
    leastClasses,
    ...(members.length > 1 ? { parts: partsOf(members, options) } : {}),
    passes: { forward: sum('forward') + 1, backward: sum('backward') },
    reportsIterates: false,
    description: options.description,
    prepare(victim) {
      const cleanLogits = logitsInBatches(victim);
      const searches = members.map((member) => ({ member, search: member.prepare(victim) }));
      // one set of sizes per network, even when the last batch is smaller than the others
      let sizes: BatchSizes | undefined;
      return async (batch, run) => {
        const count = run.ids.length;
        const asked = options.batchSize > 0 ? options.batchSize : (run.batchSize ?? count);
        const capacity = Math.min(asked, count);
        if (!sizes || capacity > sizes.capacity) sizes = batchSizes(capacity);
        const logits = await cleanLogits(batch.images, sizes);
        const examples: Examples = { ...batch, ids: run.ids, cleanLogits: logits };
        const verdict = await startingVerdict(examples);
        for (const { member, search } of searches) {
          const rows = verdict.rows(member.attacks);
          if (rows.length === 0) continue;
          const random = run.random.derive(member.name);
          verdict.add(member.name, rows, await search(await someOf(examples, rows), { random, sizes }));
        }
        return { ...verdict.result(), trajectory: run.trajectory };
      };
    },
  };
}

/** Each member on its own; it derives the same random stream from its name as within the whole. */
function partsOf(members: readonly Member[], options: MemberAttackOptions): NonNullable<Attack['parts']> {
  return members.map((member) => ({
    id: member.name,
    attack: memberAttack([member], { ...options, description: member.name }),
  }));
}

/** What is known of each example so far. */
async function startingVerdict(examples: Examples): Promise<{
  rows(attacked: Member['attacks']): number[];
  add(member: string, rows: readonly number[], found: Findings): void;
  result(): { adversarial: HostArray; breaks: readonly (AttackBreak | undefined)[] };
}> {
  const labels = await examples.labels.read();
  const classes = examples.cleanLogits.shape[1]!;
  const images = Float32Array.from(await examples.images.read());
  const width = images.length / labels.length;
  const wrong = Array.from(labels, (label, row) => {
    const logits = examples.cleanLogits.data.subarray(row * classes, (row + 1) * classes);
    return logits.indexOf(Math.max(...logits)) !== label;
  });
  const tried = new Set<number>();
  const breaks = new Array<AttackBreak | undefined>(labels.length).fill(undefined);
  return {
    rows: (attacked) =>
      Array.from(labels, (_, row) => row).filter(
        (row) => attacked === 'all' || (!wrong[row] && (attacked === 'correct' || !breaks[row])),
      ),
    add(member, rows, found) {
      rows.forEach((row, place) => {
        // one that breaks is always taken; of those that do not, the first member's
        if (!found.broken[place] && tried.has(row)) return;
        tried.add(row);
        if (found.broken[place]) breaks[row] ??= { attack: member, step: found.step[place]! };
        images.set(found.images.data.subarray(place * width, (place + 1) * width), row * width);
      });
    },
    result: () => ({ adversarial: hostArray(images, examples.images.shape), breaks }),
  };
}

function logitsInBatches(
  victim: Victim,
): (images: Examples['images'], sizes: BatchSizes) => Promise<HostArray> {
  const step = victim.compile('clean-logits', ({ images }: { images: tf.Tensor4D }, traced) => ({
    logits: traced.logits(images),
  }));
  return async (images, sizes) => {
    const count = images.shape[0]!;
    const logits = new Float32Array(count * victim.classes);
    for (let from = 0; from < count; from += sizes.capacity) {
      const length = Math.min(sizes.capacity, count - from);
      const rows = padded(
        Array.from({ length }, (_, index) => from + index),
        sizes.fitting(length),
      );
      const outputs = await step({ images: await rowsOf(images, rows) });
      const values = (await outputs.logits.read()) as Float32Array;
      logits.set(values.subarray(0, length * victim.classes), from * victim.classes);
      outputs.logits.dispose();
    }
    return hostArray(logits, [count, victim.classes]);
  };
}
