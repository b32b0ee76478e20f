import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Logits that an objective compares with, `[batch, classes]`. The `Clean` ones are computed once per batch, the
 * teacher's at the iterate anew at every step, with gradient through the teacher.
 */
export type Reference = 'teacherCleanLogits' | 'studentCleanLogits' | 'teacherIterateLogits';

export interface ObjectiveInputs {
  /** The attacked network at the iterate, `[batch, classes]`. */
  readonly logits: Tensor2D;
  /** int32 `[batch]`. */
  readonly labels: Tensor1D;
  /** Labels as float32 `[batch, classes]`. */
  readonly oneHotLabels: Tensor2D;
  readonly references: Readonly<Record<string, Tensor>>;
}

/** The component kind `objective`: the per-example quantity an attack maximises. */
export interface Objective {
  readonly references: readonly Reference[];
  /** `[batch]`, unreduced, maximised. Traced. */
  perExampleLoss(inputs: ObjectiveInputs): Tensor1D;
}
