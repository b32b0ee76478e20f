import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Concrete, TensorRecord } from './engine.js';
import type { ImageShape } from './model.js';
import type { NdArray } from './nd-array.js';
import type { ObjectiveInputs } from './objective.js';
import type { RandomStream } from './random-stream.js';

/** What an attack is given. All arrays have the batch as their first axis. */
export interface AttackBatch {
  /** Clean images, `[batch, height, width, channels]` in [0, 1]. */
  readonly images: NdArray;
  /** int32 `[batch]`. */
  readonly labels: NdArray;
  /** Radius per example, `[batch]`, in pixel units of [0, 1]. */
  readonly epsilon: NdArray;
  /** Multiplies the step of each example, `[batch]`; absent is 1. Only for attacks that say {@link Attack.scalesSteps}. */
  readonly stepScale?: NdArray;
  /**
   * Temperature of each example's target, `[batch]`, for references that are computed at the iterate; absent is 1.
   * Attacks only pass it on.
   */
  readonly targetTemperature?: NdArray;
  /** Logits the objective compares with; empty when it needs none. */
  readonly references: Readonly<Record<string, NdArray>>;
}

/** The same inside a compiled function. */
export interface TracedAttackBatch {
  readonly images: Tensor4D;
  readonly labels: Tensor1D;
  readonly epsilon: Tensor1D;
  readonly references: Readonly<Record<string, Tensor>>;
  /** `stepScale` and `targetTemperature` are among these, where they are given. */
  readonly [key: string]: Tensor | Readonly<Record<string, Tensor>>;
}

export interface AttackRun {
  /** Derive per purpose; draw with `uniformRows(ids, …)` so that results do not depend on batch cuts. */
  readonly random: RandomStream;
  /** Identity of each example of the batch. */
  readonly ids: Int32Array;
  /** The epoch of a training, from 0, for attacks that change with it; absent in evaluations. */
  readonly epoch?: number;
  /** Accumulators of the observers of this run, one entry each; empty when nobody watches. */
  readonly trajectory: Readonly<Record<string, NdArray>>;
  /** Only whether an example can be broken counts: an attack may stop at the first image that does. */
  readonly untilBroken?: boolean;
  /** Examples per pass, for attacks that cut batches themselves. */
  readonly batchSize?: number;
}

export interface AttackResult {
  /** `[batch, height, width, channels]`, inside the ball and [0, 1]. */
  readonly adversarial: NdArray;
  /** The accumulators after the last observed iterate. */
  readonly trajectory: Readonly<Record<string, NdArray>>;
  /** How each example was broken, from attacks that know; undefined for one that they have not broken. */
  readonly breaks?: readonly (AttackBreak | undefined)[];
}

export interface AttackBreak {
  /** The part of the attack that broke it: `apgd-ce`. */
  readonly attack: string;
  /** Updates made until then in that try of that part; 0 where its starting point was enough. */
  readonly step: number;
}

/** The attacked network inside a compiled function. */
export interface TracedVictim {
  /** `[batch, classes]` logits, no gradient. */
  logits(images: Tensor4D): Tensor2D;
  /**
   * One forward and backward pass at `iterate`: logits, the per-example loss to be maximised and its gradient
   * with respect to the iterate. A non-finite gradient stops the attack with an error.
   *
   * @param perExampleLoss instead of the configured objective, for attacks that define their own
   */
  evaluate(
    iterate: Tensor4D,
    batch: TracedAttackBatch,
    perExampleLoss?: (inputs: ObjectiveInputs) => Tensor1D,
  ): { logits: Tensor2D; perExampleLoss: Tensor1D; gradient: Tensor4D };
  /**
   * Shows an iterate to the observers; call it once per update, before the update, the starting point included
   * and the final iterate not.
   */
  observe(
    trajectory: Readonly<Record<string, Tensor>>,
    iterate: Tensor4D,
    logits: Tensor2D,
    batch: TracedAttackBatch,
  ): Readonly<Record<string, Tensor>>;
}

/** The attacked network outside compiled functions: it compiles the steps of an attack. */
export interface Victim {
  readonly shape: ImageShape;
  readonly classes: number;
  /** Compiles one pure step; inside it `victim` evaluates the network in the mode the run asks for. */
  compile<I extends TensorRecord, O extends TensorRecord>(
    name: string,
    step: (inputs: I, victim: TracedVictim) => O,
  ): (inputs: Concrete<I>) => Promise<Concrete<O>>;
}

/** Makes adversarial examples of a batch. */
export type PreparedAttack = (batch: AttackBatch, run: AttackRun) => Promise<AttackResult>;

/** The component kind `attack`. */
export interface Attack {
  /** Radius for every example unless knobs say otherwise, in pixel units of [0, 1]. */
  readonly epsilon: number;
  /** Forward and backward passes per example, for `ard explain`; the most, where an attack may stop early. */
  readonly passes: { readonly forward: number; readonly backward: number };
  /** Whether it calls `observe`; estimators over trajectories need it. */
  readonly reportsIterates: boolean;
  /** Whether it honours `stepScale`; strategies that turn the class knob `stepSize` need it. */
  readonly scalesSteps?: boolean;
  /** The setting in words, for tables: `PGD, 20 steps of 2/255`. */
  readonly description: string;
  /**
   * Whether, told `untilBroken`, it takes any number of examples and cuts them into batches of `batchSize` itself,
   * refilling them as examples break. Others get batches that the caller has cut.
   */
  readonly cutsBatches?: boolean;
  /**
   * Attacks that it runs in this order, each on the examples that none before has broken. Given the same random
   * stream they do one by one what it does as a whole, so a caller can save what it knows in between.
   */
  readonly parts?: readonly { readonly id: string; readonly attack: Attack }[];
  /** Norm of the ball that epsilon is the radius of; `linf` unless told otherwise. */
  readonly norm?: 'linf' | 'l2';
  /** Fewest classes that its loss is defined for; 2 unless told otherwise. */
  readonly leastClasses?: number;
  /** Called once per network; compiled steps live in the closure. */
  prepare(victim: Victim): PreparedAttack;
}

/**
 * Watches the iterates of an attack inside its compiled steps; folds them into accumulators `[batch, …]`.
 * Estimators and methods carry one instead of paying for an attack of their own.
 */
export interface TrajectoryObserver {
  /** Initial value of each accumulator. Traced. */
  start(batch: TracedAttackBatch): Readonly<Record<string, Tensor>>;
  /** Traced. */
  observe(
    accumulators: Readonly<Record<string, Tensor>>,
    iterate: { readonly images: Tensor4D; readonly logits: Tensor2D; readonly batch: TracedAttackBatch },
  ): Readonly<Record<string, Tensor>>;
}
