import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { LossInput, Method, TeacherRole } from '../contracts/method.js';
import type { Objective } from '../contracts/objective.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { strategyInputs } from '../training/needed-inputs.js';

const roleOf: Readonly<Partial<Record<LossInput, TeacherRole>>> = {
  teacherCleanLogits: 'teacher',
  teacherAdversarialLogits: 'teacher',
  cleanTeacherCleanLogits: 'cleanTeacher',
  cleanTeacherAdversarialLogits: 'cleanTeacher',
};

export type TeacherUser = 'method' | 'objective' | 'estimator' | 'strategy';

/** Roles that must be filled, each with the part that needs it. */
export function requiredTeachers(parts: {
  readonly method: Method;
  readonly objective?: Objective;
  readonly estimator?: DifficultyEstimator;
  readonly strategy?: ReweightingStrategy;
}): ReadonlyMap<TeacherRole, TeacherUser> {
  const { method, objective, estimator, strategy } = parts;
  const required = new Map<TeacherRole, TeacherUser>();
  for (const need of strategyInputs(strategy)) {
    const role = roleOf[need];
    if (role) required.set(role, 'strategy');
  }
  for (const need of estimator?.needs ?? []) {
    const role = roleOf[need];
    if (role) required.set(role, 'estimator');
  }
  if (objective?.references.some((reference) => reference.startsWith('teacher'))) {
    required.set('teacher', 'objective');
  }
  for (const role of method.teachers) required.set(role, 'method');
  return required;
}
