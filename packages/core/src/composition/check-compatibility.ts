import type { Attack } from '../contracts/attack.js';
import type { WeightAveraging } from '../contracts/averaging.js';
import type { DifficultyEstimator } from '../contracts/estimator.js';
import type { KnobName } from '../contracts/knobs.js';
import type { LossInput, Method } from '../contracts/method.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { ArdError } from '../errors.js';
import { strategyInputs } from '../training/needed-inputs.js';
import { missingPass, phasesOf } from '../training/phases.js';
import type { ResolvedConfig } from './resolved-config.js';

export interface CheckedParts {
  readonly method: Method;
  readonly attack?: Attack;
  readonly estimator?: DifficultyEstimator;
  readonly strategy?: ReweightingStrategy;
  readonly averaging?: WeightAveraging;
}

/**
 * Whether parts that are fine alone make a run together.
 *
 * @throws ArdError saying which two do not fit, why, and what to change
 */
export function checkCompatibility(config: ResolvedConfig, parts: CheckedParts): void {
  checkStrategy(config, parts);
  checkTrajectories(config, parts);
  checkStudentLogits(config, parts, 'estimator', parts.estimator?.needs ?? []);
  checkStudentLogits(config, parts, 'strategy', strategyInputs(parts.strategy));
  checkAveraging(config, parts);
}

function checkStrategy(config: ResolvedConfig, parts: CheckedParts): void {
  const { method, attack, estimator, strategy } = parts;
  if (!strategy) return;
  const strategyName = nameOf(config, 'strategy');
  if (strategy.needs.difficulty && !estimator) {
    throw new ArdError(`${strategyName} needs class difficulties, and no estimator is chosen.`, {
      remedy: 'Choose one with --set estimator=<id>; `ard list estimator` shows them.',
    });
  }
  const honoured: readonly KnobName[] = [
    'lossWeight',
    ...(method.innerAttack ? (['epsilon'] as const) : []),
    ...(method.innerAttack && attack?.scalesSteps ? (['stepSize'] as const) : []),
    ...method.knobs,
  ];
  const ignored = strategy.knobs.find((knob) => !honoured.includes(knob));
  if (ignored !== undefined) {
    throw new ArdError(
      `${strategyName} turns the class knob "${ignored}", which ${nameOf(config, 'method')} does not honour` +
        `${reason(ignored, parts)} (it honours ${honoured.join(', ')}).`,
      {
        remedy:
          'Choose another strategy, another method, or a variant or option of this strategy that leaves the knob alone;' +
          ` \`ard show ${config.components.strategy!.named.name}\` lists them.`,
      },
    );
  }
}

/** Why a method cannot honour a knob, where that is not just its author's choice. */
function reason(knob: KnobName, { method, attack }: CheckedParts): string {
  if ((knob === 'temperature' || knob === 'cleanTemperature') && method.teachers.length === 0) {
    return ': it has no teacher whose temperature could be turned';
  }
  if (knob === 'temperature') return ": no term compares a teacher's target with adversarial images";
  if (knob === 'cleanTemperature') return ": no term compares a teacher's target with clean images";
  if (knob === 'beta') return ': its loss has no coefficient β between two terms';
  if (knob === 'epsilon' || knob === 'stepSize') {
    return attack ? ': its attack has no step to scale' : ': it trains on clean images only';
  }
  if (knob === 'cleanWeight') return ': it has no loss term on clean images to weight apart';
  if (knob === 'robustWeight') return ': it has no loss term on adversarial images to weight apart';
  return '';
}

function checkAveraging(config: ResolvedConfig, { method, averaging }: CheckedParts): void {
  if (averaging?.validationPerClass !== undefined && !method.innerAttack) {
    throw new ArdError(
      `${nameOf(config, 'averaging')} looks at robust accuracy on held-out images, and ` +
        `${nameOf(config, 'method')} has no inner attack to measure it with.`,
      { remedy: 'Choose another averaging, such as --set averaging=ema, or a method with an inner attack.' },
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

function checkStudentLogits(
  config: ResolvedConfig,
  { method }: CheckedParts,
  slot: 'estimator' | 'strategy',
  needs: readonly LossInput[],
): void {
  for (const { phase, from } of phasesOf(method, config.training.values.epochs)) {
    const missing = missingPass(method, phase, needs);
    if (missing === undefined) continue;
    const when = method.studentPasses.includes(missing)
      ? `does not compute from epoch ${from} on`
      : 'never computes';
    throw new ArdError(
      `${nameOf(config, slot)} needs the student's ${missing} logits, which ${nameOf(config, 'method')} ${when}.`,
      { remedy: `Choose another ${slot} or another method.` },
    );
  }
}

function nameOf(
  config: ResolvedConfig,
  slot: 'method' | 'attack' | 'estimator' | 'strategy' | 'averaging',
): string {
  return `${slot} ${config.components[slot]?.named.name}`;
}
