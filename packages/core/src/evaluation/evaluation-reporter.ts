import type { EvaluationProgress } from '../training/training-events.js';
import type { EvaluationHooks } from './evaluator.js';

/** Milliseconds between reports while an attack runs. */
const reportInterval = 500;

/** Tells how far an evaluation is, and stops it when asked. */
export function evaluationReporter(
  { progress, signal }: Pick<EvaluationHooks, 'progress' | 'signal'>,
  total: number,
  steps: () => number,
): {
  attack(event: Pick<EvaluationProgress, 'done' | 'attack' | 'standing'>): void;
  step(): void;
} {
  const [began, firstStep] = [performance.now(), steps()];
  let last = { done: 0, attack: '' } as Pick<EvaluationProgress, 'done' | 'attack' | 'standing'>;
  let told = began;
  const tell = (): void => {
    told = performance.now();
    const seconds = (told - began) / 1000;
    progress?.({
      ...last,
      total,
      ...(seconds > 0 ? { stepsPerSecond: (steps() - firstStep) / seconds } : {}),
    });
  };
  return {
    attack(event) {
      last = event;
      tell();
      signal?.throwIfAborted();
    },
    step() {
      signal?.throwIfAborted();
      if (performance.now() - told >= reportInterval) tell();
    },
  };
}
