import type { LossInput } from '../contracts/method.js';
import { neededInputs } from '../training/needed-inputs.js';
import type { Composition } from './composition.js';

type Network = 'student' | 'teacher' | 'cleanTeacher';

/** Passes over one batch; what for is in words. */
export interface Passes {
  readonly network: Network;
  readonly purpose: string;
  readonly forward: number;
  readonly backward: number;
}

export interface StepCost {
  readonly passes: readonly Passes[];
  /** Sums over everything, student and teachers. */
  readonly forward: number;
  readonly backward: number;
}

/** What one training step computes: logits asked for twice are computed once. */
export function passesPerStep(composition: Composition): StepCost {
  const passes = [...attackPasses(composition), ...teacherPasses(composition), ...studentPasses(composition)];
  return {
    passes,
    forward: passes.reduce((sum, { forward }) => sum + forward, 0),
    backward: passes.reduce((sum, { backward }) => sum + backward, 0),
  };
}

function attackPasses({ innerAttack }: Composition): readonly Passes[] {
  if (!innerAttack) return [];
  const { attack, objective } = innerAttack;
  const passes: Passes[] = [{ network: 'student', purpose: 'inner attack', ...attack.passes }];
  if (objective.references.includes('studentCleanLogits')) {
    passes.push({
      network: 'student',
      purpose: "clean logits for the attack's objective",
      forward: 1,
      backward: 0,
    });
  }
  if (objective.references.includes('teacherIterateLogits')) {
    passes.push({ network: 'teacher', purpose: 'inner attack, at each iterate', ...attack.passes });
  }
  return passes;
}

function teacherPasses({ method, estimator, strategy, innerAttack }: Composition): readonly Passes[] {
  const inputs: Partial<Record<LossInput, { network: Network; purpose: string }>> = {
    teacherCleanLogits: { network: 'teacher', purpose: 'logits of clean images' },
    teacherAdversarialLogits: { network: 'teacher', purpose: 'logits of adversarial images' },
    cleanTeacherCleanLogits: { network: 'cleanTeacher', purpose: 'logits of clean images' },
    cleanTeacherAdversarialLogits: { network: 'cleanTeacher', purpose: 'logits of adversarial images' },
  };
  const references = innerAttack?.objective.references ?? [];
  const needs = new Set<LossInput>([
    ...references.filter((reference) => reference === 'teacherCleanLogits'),
    ...neededInputs({ method, estimator, strategy }),
  ]);
  return [...needs].flatMap((need) => {
    const input = inputs[need];
    return input ? [{ ...input, forward: 1, backward: 0 }] : [];
  });
}

const logitsOf = {
  clean: 'studentCleanLogits',
  adversarial: 'studentAdversarialLogits',
  collected: 'studentCollectedLogits',
} as const;

function studentPasses({ method, strategy }: Composition): readonly Passes[] {
  const differentiated = [...method.needs, ...(strategy?.regulariser?.needs ?? [])];
  return [...new Set(method.studentPasses)].map((pass) => ({
    network: 'student',
    purpose: `loss on ${pass} images`,
    forward: 1,
    // a pass that no term looks at only moves the running statistics
    backward: differentiated.includes(logitsOf[pass]) ? 1 : 0,
  }));
}
