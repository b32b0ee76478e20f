import type {
  AttackBatch,
  AttackRun,
  NdArray,
  ObjectiveInputs,
  PreparedAttack,
  TracedAttackBatch,
  Victim,
} from '@ard/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Ball } from './ball.js';
import { climbUntilBroken } from './climb-until-broken.js';
import { steepest } from './rules/steepest.js';
import type { StepRule } from './rules/step-rule.js';
import { startPoint, type StartPoint } from './start-point.js';
import { noWorst, worse, worseUnlessWrong, type Worst } from './worst-iterate.js';

export interface Ascent {
  /** Name of the compiled step. */
  readonly name: string;
  readonly ball: Ball;
  readonly start: StartPoint;
  readonly steps: number;
  /** In pixel units of [0, 1], or in parts of each example's own radius. */
  readonly stepSize: number | { readonly ofEpsilon: number };
  /** Follows each step by one along the same move that no class knob scales, into a ball of this radius for all. */
  readonly unscaledRadius?: number;
  /** {@link steepest} unless told otherwise. */
  readonly rule?: StepRule;
  /** What is maximised; the run's objective unless told otherwise. */
  readonly perExampleLoss?: (inputs: ObjectiveInputs) => tf.Tensor1D;
  /** Independent tries of which each example keeps the worst; 1 unless told otherwise. */
  readonly restarts?: number;
  /** Which iterate of a try counts: the last one (unless told otherwise), or the worst of x_1 to x_steps. */
  readonly keep?: 'last' | 'best';
}

type Tensors = Readonly<Record<string, tf.Tensor>>;
type WorstTensors = Worst<tf.Tensor4D, tf.Tensor1D>;

/** One iterate, what the rule remembers, and what the observers have gathered before it. */
interface Point<Value> {
  readonly iterate: Value;
  readonly memory: Readonly<Record<string, Value>>;
  readonly trajectory: Readonly<Record<string, Value>>;
}

/** Passes per example: looking for the worst image takes one more for the last iterate of each try. */
export function passesOf({
  steps,
  restarts = 1,
  keep = 'last',
}: Pick<Ascent, 'steps' | 'restarts' | 'keep'>): {
  readonly forward: number;
  readonly backward: number;
} {
  const passes = restarts * (looksForWorst({ restarts, keep }) ? steps + 1 : steps);
  return { forward: passes, backward: passes };
}

/**
 * Projected ascent: `x_{k+1} = Π(x_k + stepSize · move(∇loss))`, where Π goes into the ball first and then into the
 * pixel box. Observers see x_0 to x_{steps-1} of the first try. Where only whether an example breaks counts, it leaves
 * as soon as an image that counts breaks it, see {@link climbUntilBroken}.
 */
export function prepareAscent(victim: Victim, ascent: Ascent): PreparedAttack {
  const { ball, start, steps, rule = steepest, restarts = 1, keep = 'last' } = ascent;
  const advance = compiledStep(victim, ascent, 'observed');
  // other tries than the first are nobody's business
  const advanceUnseen = compiledStep(victim, ascent, 'unseen');
  const judge = compiledJudgement(victim, ascent);

  async function climb(
    batch: AttackBatch,
    run: AttackRun,
    step: typeof advance,
    worst: Worst<NdArray, NdArray> | undefined,
  ): Promise<{ last: Point<NdArray>; worst: Worst<NdArray, NdArray> | undefined }> {
    let point: Point<NdArray> = {
      iterate: await startPoint(start, ball, batch, run),
      memory: rule.start(batch.images.shape as [number, number, number, number], run.epoch),
      trajectory: run.trajectory,
    };
    for (let count = 0; count < steps; count++) {
      // x_0 may lie outside the ball or the box, so it is no candidate
      const judged: Worst<NdArray, NdArray> | undefined = keep === 'best' && count > 0 ? worst : undefined;
      const next = await step({ batch: { ...batch }, ...point, worst: judged ? { judged } : {} });
      if (judged) worst = next.worst.judged;
      point.iterate.dispose();
      point = { iterate: next.iterate, memory: next.memory, trajectory: next.trajectory };
    }
    if (worst) {
      const booked = await judge({ batch: { ...batch }, iterate: point.iterate, worst: { judged: worst } });
      worst = booked.worst.judged;
    }
    return { last: point, worst };
  }

  return async (batch, run) => {
    if (run.untilBroken && looksForWorst({ restarts, keep })) {
      return await climbUntilBroken(batch, run, { ...ascent, rule, restarts, keep, advance, judge });
    }
    const tracked = looksForWorst({ restarts, keep }) ? noWorst(batch) : undefined;
    const first = await climb(batch, run, advance, tracked);
    let worst = first.worst;
    for (let number = 1; number < restarts; number++) {
      const again = { ...run, random: run.random.derive('restart', number), trajectory: {} };
      worst = (await climb(batch, again, advanceUnseen, worst)).worst;
    }
    return {
      adversarial: worst ? worst.images : first.last.iterate,
      trajectory: first.last.trajectory,
    };
  };
}

/** Whether results are judged, which takes a pass more, and not just those of the last step. */
export function looksForWorst({ restarts = 1, keep = 'last' }: Pick<Ascent, 'restarts' | 'keep'>): boolean {
  return restarts > 1 || keep === 'best';
}

type StepInputs = {
  readonly batch: TracedAttackBatch;
  readonly iterate: tf.Tensor4D;
  readonly memory: Tensors;
  readonly trajectory: Tensors;
  /** Empty where nobody looks for the worst iterate; `first` where an iterate that is wrong is as good as any. */
  readonly worst: WorstSoFar<WorstTensors>;
};

/** A compiled step of an ascent, as callers see it. */
export type AscentStep = ReturnType<typeof compiledStep>;
export type AscentJudgement = ReturnType<typeof compiledJudgement>;

type WorstSoFar<State> = { readonly judged?: State; readonly first?: State };

function compiledStep(victim: Victim, ascent: Ascent, watched: 'observed' | 'unseen') {
  const { name, ball, stepSize, unscaledRadius, rule = steepest, perExampleLoss } = ascent;
  const fullName = watched === 'observed' ? name : `${name}-${watched}`;
  type Inputs = Omit<StepInputs, 'worst'> & { readonly worst: Record<string, WorstTensors> };
  return victim.compile(fullName, ({ batch, iterate, memory, trajectory, worst }: Inputs, traced) => {
    const evaluated = traced.evaluate(iterate, batch, perExampleLoss);
    const { logits, gradient } = evaluated;
    const next = rule.advance({ gradient, logits, batch, ball }, memory);
    const length =
      typeof stepSize === 'number' ? stepSize : tf.mul(perImage(batch.epsilon), stepSize.ofEpsilon);
    const scale = batch.stepScale as tf.Tensor1D | undefined;
    const moved: tf.Tensor4D = tf.add(
      iterate,
      tf.mul(next.move, scale ? tf.mul(perImage(scale), length) : length),
    );
    const reached: tf.Tensor4D = tf.clipByValue(ball.project(moved, batch.images, batch.epsilon), 0, 1);
    const further = (radius: number): tf.Tensor4D =>
      tf.clipByValue(
        ball.project(
          tf.add(reached, tf.mul(next.move, length)),
          batch.images,
          tf.add(tf.mul(batch.epsilon, 0), radius),
        ),
        0,
        1,
      );
    const candidate = { images: iterate, logits, loss: evaluated.perExampleLoss };
    return {
      trajectory: watched === 'observed' ? traced.observe(trajectory, iterate, logits, batch) : trajectory,
      memory: next.memory,
      iterate: unscaledRadius === undefined ? reached : further(unscaledRadius),
      worst: booked(worst, candidate, batch.labels),
    };
  });
}

/** Books the last iterate, which no step looks at. */
function compiledJudgement(victim: Victim, { name, perExampleLoss }: Ascent) {
  type Inputs = Pick<StepInputs, 'batch' | 'iterate'> & { readonly worst: Record<string, WorstTensors> };
  return victim.compile(`${name}-last`, ({ batch, iterate, worst }: Inputs, traced) => {
    const { logits, perExampleLoss: loss } = traced.evaluate(iterate, batch, perExampleLoss);
    return { worst: booked(worst, { images: iterate, logits, loss }, batch.labels) };
  });
}

function booked(
  { judged, first }: WorstSoFar<WorstTensors>,
  candidate: Parameters<typeof worse>[1],
  labels: tf.Tensor1D,
): Record<string, WorstTensors> {
  if (judged) return { judged: worse(judged, candidate, labels) };
  return first ? { first: worseUnlessWrong(first, candidate, labels) } : {};
}

function perImage(values: tf.Tensor1D): tf.Tensor4D {
  return tf.reshape(values, [-1, 1, 1, 1]);
}
