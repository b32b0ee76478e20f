import type { Attack } from '../contracts/attack.js';
import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { Method } from '../contracts/method.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { ArdError } from '../errors.js';
import type { ResolvedConfig } from './resolved-config.js';

export interface CheckedParts {
  readonly method: Method;
  readonly attack?: Attack;
  readonly estimator?: DifficultyEstimator;
  readonly strategy?: ReweightingStrategy;
}

/**
 * Whether parts that are fine alone make a run together.
 *
 * @throws ArdError saying which two do not fit, why, and what to change
 */
export function checkCompatibility(config: ResolvedConfig, parts: CheckedParts): void {
  checkStrategy(config, parts);
  checkTrajectories(config, parts);
  checkStudentLogits(config, parts);
}

function checkStrategy(config: ResolvedConfig, { method, estimator, strategy }: CheckedParts): void {
  if (!strategy) return;
  const strategyName = nameOf(config, 'strategy');
  if (strategy.needs.difficulty && !estimator) {
    throw new ArdError(`${strategyName} needs class difficulties, and no estimator is chosen.`, {
      remedy: 'Choose one with --set estimator=<id>; `ard list estimator` shows them.',
    });
  }
  const honoured = ['lossWeight', ...(method.innerAttack ? ['epsilon'] : []), ...method.knobs];
  const ignored = strategy.knobs.find((knob) => !honoured.includes(knob));
  if (ignored !== undefined) {
    throw new ArdError(
      `${strategyName} turns the class knob "${ignored}", which ${nameOf(config, 'method')} does not honour` +
        ` (it honours ${honoured.join(', ')}).`,
      { remedy: 'Choose another strategy or another method.' },
    );
  }
}

function checkTrajectories(config: ResolvedConfig, { method, attack, estimator }: CheckedParts): void {
  const watchers = [
    ...(estimator?.trajectory ? [nameOf(config, 'estimator')] : []),
    ...(method.trajectory ? [nameOf(config, 'method')] : []),
  ];
  for (const watcher of watchers) {
    if (!attack) {
      throw new ArdError(
        `${watcher} watches the inner attack, and ${nameOf(config, 'method')} trains without one.`,
        { remedy: 'Choose a method with an inner attack, or another estimator.' },
      );
    }
    if (!attack.reportsIterates) {
      throw new ArdError(
        `${watcher} watches the iterates of the inner attack, and ${nameOf(config, 'attack')} does not report any.`,
        { remedy: 'Choose an attack that does, such as --set attack=pgd.' },
      );
    }
  }
}

function checkStudentLogits(config: ResolvedConfig, { method, estimator }: CheckedParts): void {
  const passes = { studentCleanLogits: 'clean', studentAdversarialLogits: 'adversarial' } as const;
  for (const [logits, pass] of Object.entries(passes)) {
    if (estimator?.needs.some((need) => need === logits) && !method.studentPasses.includes(pass)) {
      throw new ArdError(
        `${nameOf(config, 'estimator')} needs the student's ${pass} logits, which ${nameOf(config, 'method')} never computes.`,
        { remedy: 'Choose another estimator or another method.' },
      );
    }
  }
}

function nameOf(config: ResolvedConfig, slot: 'method' | 'attack' | 'estimator' | 'strategy'): string {
  return `${slot} ${config.components[slot]?.named.name}`;
}
