import type { LossInput } from '../contracts/method.js';
import { neededInputs } from '../training/needed-inputs.js';
import { logitsOf, needsOf, passesOf, phasesOf } from '../training/phases.js';
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

/** Epochs, from 0, whose steps all cost the same. */
export interface PhaseCost extends StepCost {
  readonly from: number;
  /** The last one. */
  readonly to: number;
}

/** What the steps of a training compute, phase by phase of the method; phases that cost the same are one. */
export function passesPerStep(composition: Composition): readonly PhaseCost[] {
  const { epochs } = composition.config.training.values;
  const costs: PhaseCost[] = [];
  for (const { phase, from } of phasesOf(composition.method, epochs)) {
    const cost = passesInPhase(composition, phase);
    const before = costs.pop();
    if (before && isSame(before, cost)) costs.push({ ...before, to: epochs - 1 });
    else costs.push(...(before ? [{ ...before, to: from - 1 }] : []), { from, to: epochs - 1, ...cost });
  }
  return costs;
}

function isSame(one: StepCost, other: StepCost): boolean {
  return JSON.stringify(one.passes) === JSON.stringify(other.passes);
}

/** What one training step computes: logits asked for twice are computed once. */
function passesInPhase(composition: Composition, phase: string): StepCost {
  const passes = [
    ...attackPasses(composition),
    ...teacherPasses(composition, phase),
    ...studentPasses(composition, phase),
  ];
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

function teacherPasses(
  { method, estimator, strategy, innerAttack }: Composition,
  phase: string,
): readonly Passes[] {
  const inputs: Partial<Record<LossInput, { network: Network; purpose: string }>> = {
    teacherCleanLogits: { network: 'teacher', purpose: 'logits of clean images' },
    teacherAdversarialLogits: { network: 'teacher', purpose: 'logits of adversarial images' },
    cleanTeacherCleanLogits: { network: 'cleanTeacher', purpose: 'logits of clean images' },
    cleanTeacherAdversarialLogits: { network: 'cleanTeacher', purpose: 'logits of adversarial images' },
  };
  const objective = innerAttack?.objective;
  return [...neededInputs({ method, estimator, strategy, objective }, phase)].flatMap((need) => {
    const input = inputs[need];
    return input ? [{ ...input, forward: 1, backward: 0 }] : [];
  });
}

function studentPasses({ method, strategy }: Composition, phase: string): readonly Passes[] {
  const differentiated = [...needsOf(method, phase), ...(strategy?.regulariser?.needs ?? [])];
  return [...new Set(passesOf(method, phase))].map((pass) => ({
    network: 'student',
    purpose: `loss on ${pass} images`,
    forward: 1,
    // a pass that no term looks at only moves the running statistics
    backward: differentiated.includes(logitsOf[pass]) ? 1 : 0,
  }));
}
