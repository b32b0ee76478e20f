import { phaseAt, phasesOf } from '../training/phases.js';
import type { Composition } from './composition.js';

type Parts = Pick<Composition, 'config' | 'method' | 'estimator' | 'strategy' | 'averaging'>;

// far beyond any training; methods are asked what they would do in these epochs
const farthestEpoch = 1000;

/**
 * What is odd about a run without being wrong: parts that do not see each other, and turns of a method that the
 * training is too short for. One sentence each.
 */
export function compositionNotes(parts: Parts): readonly string[] {
  return [
    ...unseenDifficulty(parts),
    ...missingAccuracy(parts),
    ...differentTradeOffs(parts),
    ...sharedHeldOut(parts),
    ...unreachedPhases(parts),
    ...unreachedStrategy(parts),
  ];
}

function unseenDifficulty({ config, estimator, strategy }: Parts): readonly string[] {
  if (!estimator || strategy?.needs.difficulty) return [];
  const who = strategy
    ? `strategy ${nameOf(config, 'strategy')} does not look at difficulties`
    : 'there is no strategy';
  return [`estimator ${nameOf(config, 'estimator')} is measured and logged, but ${who}.`];
}

function missingAccuracy({ config, method, strategy }: Parts): readonly string[] {
  if (!strategy?.needs.training || method.studentPasses.includes('adversarial')) return [];
  return [
    `strategy ${nameOf(config, 'strategy')} looks at training results, and method ${nameOf(config, 'method')} has` +
      ' none of adversarial images: robust accuracies are unknown to it, and what is made of them changes nothing.',
  ];
}

/** A strategy that turns β may need to know it; where both have an option of that name they should agree. */
function differentTradeOffs({ config, strategy }: Parts): readonly string[] {
  if (!strategy?.knobs.includes('beta')) return [];
  const [own, ofMethod] = [config.components.strategy, config.components.method].map(
    (component) => component?.values.beta,
  );
  if (typeof own !== 'number' || typeof ofMethod !== 'number' || own === ofMethod) return [];
  return [
    `strategy ${nameOf(config, 'strategy')} reckons with a β of ${own}, and method ${nameOf(config, 'method')} has` +
      ` ${ofMethod}: set strategy.beta=${ofMethod}.`,
  ];
}

/** Both look at the same images under one attack, which then is the strategy's choice. */
function sharedHeldOut({ config, strategy, averaging }: Parts): readonly string[] {
  if (!strategy?.needs.validationPerClass || !averaging?.validationPerClass) return [];
  return [
    `averaging ${nameOf(config, 'averaging')} looks at the held-out images of strategy ${nameOf(config, 'strategy')},` +
      ' attacked as the strategy wants them.',
  ];
}

function unreachedPhases({ config, method }: Parts): readonly string[] {
  const { epochs } = config.training.values;
  const reached = new Set(phasesOf(method, epochs).map(({ phase }) => phase));
  for (let epoch = epochs; epoch < farthestEpoch; epoch++) {
    if (reached.has(phaseAt(method, epoch))) continue;
    return [
      `method ${nameOf(config, 'method')} changes its loss in epoch ${epoch}, counted from 0, which a training of` +
        ` ${epochs} epochs does not reach.`,
    ];
  }
  return [];
}

function unreachedStrategy({ config, strategy }: Parts): readonly string[] {
  if (!strategy) return [];
  const { epochs } = config.training.values;
  const early = strategy.initialKnobs ?? strategy.regulariser ?? strategy.needs.beforeTraining;
  const begin = strategy.begin ?? (early ? 0 : 1);
  if (begin < epochs) return [];
  return [
    `strategy ${nameOf(config, 'strategy')} treats all classes alike before epoch ${begin}, counted from 0, which a` +
      ` training of ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} does not reach.`,
  ];
}

function nameOf(
  config: Composition['config'],
  slot: 'estimator' | 'strategy' | 'method' | 'averaging',
): string {
  return config.components[slot]!.named.name;
}
