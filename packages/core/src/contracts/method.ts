import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TrajectoryObserver } from './attack.js';
import type { KnobName } from './knobs.js';
import type { Mode } from './model.js';

/** A frozen network that a method learns from. */
export type TeacherRole = 'teacher' | 'cleanTeacher';

/** Logits a loss may ask for, `[batch, classes]` each. Only what is asked for is computed. */
export type LossInput =
  | 'studentCleanLogits'
  | 'studentAdversarialLogits'
  | 'studentCollectedLogits'
  | 'teacherCleanLogits'
  | 'teacherAdversarialLogits'
  | 'cleanTeacherCleanLogits'
  | 'cleanTeacherAdversarialLogits';

export interface LossInputs {
  readonly logits: Readonly<Record<LossInput, Tensor2D>>;
  /** int32 `[batch]`. */
  readonly labels: Tensor1D;
  /** float32 `[batch, classes]`. */
  readonly oneHotLabels: Tensor2D;
  /** Class knobs gathered by label, `[batch]` each. `lossWeight` is applied by the trainer, not by the method. */
  readonly knobs: Readonly<Record<KnobName, Tensor1D>>;
  /** Final accumulators of the method's own trajectory observer. */
  readonly trajectory: Readonly<Record<string, Tensor>>;
  /** The method's running state, where it has one. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** The schedule's factor on the learning rate at this step, for rates of a method's own that fall with it. */
  readonly learningRateFactor: Scalar;
  /** `mean over the batch of weight · perExample`: how the trainer will reduce a term that looks at such images. */
  weightedMean(perExample: Tensor1D, on?: ImageKind): Scalar;
}

/** Which images a loss term looks at. */
export type ImageKind = 'clean' | 'adversarial';

export interface LossTerm {
  readonly name: string;
  /** Makes the class knob `cleanWeight` or `robustWeight` multiply this term, besides `lossWeight`. */
  readonly on?: ImageKind;
  /** Multiplies the weighted mean of this term. */
  readonly coefficient: number | Scalar;
  /** `[batch]`, unreduced. */
  readonly perExampleLoss: Tensor1D;
}

export interface MethodLoss {
  readonly terms: readonly LossTerm[];
  /** New running state; must have the keys and shapes of {@link Method.initialState}. */
  readonly state?: Readonly<Record<string, Tensor>>;
}

/** The images that a pass of the student sees; `collected` ones come from {@link Method.collect}. */
export type StudentPass = 'clean' | 'adversarial' | 'collected';

/** What the inner attack does unless the user says otherwise. */
export interface InnerAttackDefaults {
  /** Component id of the attack, such as `pgd`, and its options. */
  readonly attack: { readonly id: string; readonly options: Readonly<Record<string, unknown>> };
  /** Component id of the objective, such as `kl-to-teacher`, and its options. */
  readonly objective: { readonly id: string; readonly options: Readonly<Record<string, unknown>> };
  /** Batch norm of the student inside the attack. */
  readonly mode: Mode;
}

/** The component kind `method`: which networks see what, and the per-example loss terms. */
export interface Method {
  readonly teachers: readonly TeacherRole[];
  readonly needs: readonly LossInput[];
  /**
   * Train-mode passes of the student, in order; each updates the running statistics. A repeated pass costs no
   * second computation where the engine notices, but updates the statistics again, as the papers' code does.
   */
  readonly studentPasses: readonly StudentPass[];
  /** The passes of a phase where their order or number differs; of kinds that are among {@link studentPasses}. */
  passesInPhase?(phase: string): readonly StudentPass[];
  /** The logits that the terms of a phase look at, where those are fewer than {@link needs}. */
  needsInPhase?(phase: string): readonly LossInput[];
  /** Absent: the method trains on clean images only. */
  readonly innerAttack?: InnerAttackDefaults;
  /**
   * Class knobs that change this method's loss; `lossWeight`, `epsilon` and `stepSize` are the trainer's. `cleanWeight`
   * and `robustWeight` belong here when terms say what they look {@link LossTerm.on}.
   */
  readonly knobs: readonly KnobName[];
  /** For methods that look at the trajectory of their attack. */
  readonly trajectory?: TrajectoryObserver;
  /**
   * Images that the observer has kept, for methods that train on iterates other than the last: `adversarial` takes the
   * place of the attack's result, `collected` is a further pass. Traced.
   */
  collect?(attacked: {
    readonly trajectory: Readonly<Record<string, Tensor>>;
    readonly adversarial: Tensor4D;
  }): { readonly adversarial: Tensor4D; readonly collected: Tensor4D };
  /** Names the form of the loss in an epoch (0-based), for methods that change it; each form is compiled once. */
  phase?(epoch: number): string;
  /** Running state carried from step to step and saved in checkpoints. */
  initialState?(
    classes: number,
  ): Readonly<Record<string, { shape: readonly number[]; values: readonly number[] }>>;
  /** Traced. Gradients must reach the student only. */
  loss(inputs: LossInputs, phase: string): MethodLoss;
}
