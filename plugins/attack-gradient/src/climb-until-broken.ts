import {
  batchSizes,
  type AttackBatch,
  type AttackResult,
  type AttackRun,
  type ExampleArrays,
  hostArray,
  type HostArray,
  type NdArray,
  rowsOfAll,
  walkExamples,
} from '@ard/core';
import { joined, split } from './joined-arrays.js';
import type { Ascent, AscentJudgement, AscentStep } from './prepare-ascent.js';
import type { StepRule } from './rules/step-rule.js';
import { startPoint } from './start-point.js';
import { noWorst, type Worst } from './worst-iterate.js';

export interface ClimbUntilBroken extends Pick<Ascent, 'ball' | 'start' | 'steps'> {
  readonly rule: StepRule;
  readonly restarts: number;
  readonly keep: 'last' | 'best';
  readonly advance: AscentStep;
  readonly judge: AscentJudgement;
}

/**
 * The tries of an ascent for a caller that only asks whether examples break. One that is broken by an image that
 * counts, any iterate with `best` and else the last, is done: it leaves between steps, takes part in no later try,
 * and those left move together into full batches. Verdicts are those of the ascent without leaving.
 *
 * Each example's trajectory is that of the try that broke it, of the first try where none did.
 */
export async function climbUntilBroken(
  batch: AttackBatch,
  run: AttackRun,
  ascent: ClimbUntilBroken,
): Promise<AttackResult> {
  const sizes = batchSizes(run.batchSize ?? run.ids.length);
  const { references, ...arrays } = batch;
  const fixed = joined({ batch: { ...arrays }, references });
  const state = await rowsOfAll(
    joined({ worst: noWorst(batch), trajectory: run.trajectory }),
    everyone(run.ids.length),
  );
  let standing = everyone(run.ids.length);
  for (let number = 0; number < ascent.restarts && standing.length > 0; number++) {
    const random = number === 0 ? run.random : run.random.derive('restart', number);
    const ids = Int32Array.from(standing, (row) => run.ids[row]!);
    const found = await oneTry(
      {
        fixed: await rowsOfAll(fixed, standing),
        worst: await rowsOfAll(worstOf(state), standing),
        trajectory: await rowsOfAll(run.trajectory, standing),
      },
      { ...run, random, ids },
      { ...ascent, sizes },
    );
    const breaks = worstOf(found).wrong.data;
    for (const [name, array] of Object.entries(found)) {
      const places = everyone(standing.length).filter(
        (place) => number === 0 || breaks[place] === 1 || !name.startsWith('trajectory'),
      );
      write(state[name]!, array, places, standing);
    }
    standing = standing.filter((_, place) => breaks[place] === 0);
  }
  return { adversarial: worstOf(state).images, trajectory: split(state).trajectory ?? {} };
}

interface Try {
  readonly fixed: ExampleArrays;
  readonly worst: ExampleArrays;
  readonly trajectory: ExampleArrays;
}

async function oneTry(
  { fixed, worst, trajectory }: Try,
  run: AttackRun,
  {
    ball,
    start,
    steps,
    rule,
    keep,
    advance,
    judge,
    sizes,
  }: ClimbUntilBroken & { sizes: ReturnType<typeof batchSizes> },
): Promise<Record<string, HostArray>> {
  const batch = batchOf(fixed);
  const point = {
    iterate: await startPoint(start, ball, batch, run),
    broken: hostArray(new Float32Array(run.ids.length), [run.ids.length]),
  };
  const memory = rule.start(batch.images.shape as [number, number, number, number], run.epoch);
  const parts = joined({ worst, trajectory });
  return await walkExamples(
    {
      fixed,
      state: { ...parts, ...joined({ memory }), ...point },
      ids: run.ids,
      iterations: steps + 1,
      results: Object.keys(parts),
      stopWhenBroken: true,
      step: async ({ fixed: chosen, state, iteration }) => {
        const { iterate, broken, ...others } = state;
        const { worst: first, ...rest } = split(others);
        const at = { batch: { ...batchOf(chosen) }, iterate: iterate! };
        if (iteration === steps) {
          const booked = (await judge({ ...at, worst: { first: worstIn(first) } })).worst.first!;
          return { ...state, ...joined({ worst: booked }), broken: booked.wrong };
        }
        // x_0 may lie outside the ball or the box, so it is no candidate
        const judged = keep === 'best' && iteration > 0;
        const next = await advance({
          ...at,
          memory: rest.memory ?? {},
          trajectory: rest.trajectory ?? {},
          worst: judged ? { first: worstIn(first) } : {},
        });
        const booked = next.worst.first;
        return {
          ...joined({ worst: booked ?? first!, memory: next.memory, trajectory: next.trajectory }),
          iterate: next.iterate,
          broken: booked ? booked.wrong : broken!,
        };
      },
    },
    sizes,
  );
}

function batchOf(fixed: ExampleArrays): AttackBatch {
  const { batch, references = {} } = split(fixed);
  return { ...(batch as unknown as Omit<AttackBatch, 'references'>), references };
}

function worstIn(arrays: ExampleArrays | undefined): Worst<NdArray, NdArray> {
  return arrays as unknown as Worst<NdArray, NdArray>;
}

function worstOf(state: Readonly<Record<string, HostArray>>): Worst<HostArray, HostArray> {
  return split(state).worst as unknown as Worst<HostArray, HostArray>;
}

function everyone(count: number): number[] {
  return Array.from({ length: count }, (_, row) => row);
}

/** Row `places[i]` of `from` becomes row `rows[places[i]]` of `to`, which nobody else has been handed yet. */
function write(to: HostArray, from: HostArray, places: readonly number[], rows: readonly number[]): void {
  const width = to.data.length / to.shape[0]!;
  for (const place of places) {
    to.data.set(from.data.subarray(place * width, (place + 1) * width), rows[place]! * width);
  }
}
