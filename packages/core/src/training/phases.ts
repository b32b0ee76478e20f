import type { LossInput, Method, StudentPass } from '../contracts/method.js';

/** Where the logits of a pass are found. */
export const logitsOf = {
  clean: 'studentCleanLogits',
  adversarial: 'studentAdversarialLogits',
  collected: 'studentCollectedLogits',
} as const satisfies Record<StudentPass, LossInput>;

/** The form of a method's loss in an epoch; methods that never change it have one without a name. */
export function phaseAt({ phase }: Pick<Method, 'phase'>, epoch: number): string {
  return phase?.(epoch) ?? '';
}

/** Every phase of a training with the epoch, from 0, in which it begins for the first time. */
export function phasesOf(
  method: Pick<Method, 'phase'>,
  epochs: number,
): readonly { readonly phase: string; readonly from: number }[] {
  const first = new Map<string, number>();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const phase = phaseAt(method, epoch);
    if (!first.has(phase)) first.set(phase, epoch);
  }
  return [...first].map(([phase, from]) => ({ phase, from }));
}

/** Train-mode passes of the student in a phase. */
export function passesOf(method: Method, phase: string): readonly StudentPass[] {
  return method.passesInPhase?.(phase) ?? method.studentPasses;
}

/** Logits that the method's loss looks at in a phase. */
export function needsOf(method: Pick<Method, 'needs' | 'needsInPhase'>, phase: string): readonly LossInput[] {
  return method.needsInPhase?.(phase) ?? method.needs;
}

/** A kind of images whose logits somebody needs and that the student does not see in a phase. */
export function missingPass(
  method: Method,
  phase: string,
  needs: Iterable<LossInput>,
): StudentPass | undefined {
  const passes = passesOf(method, phase);
  const needed = new Set(needs);
  return (['clean', 'adversarial'] as const).find(
    (pass) => needed.has(logitsOf[pass]) && !passes.includes(pass),
  );
}
