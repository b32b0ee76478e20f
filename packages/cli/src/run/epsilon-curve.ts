import {
  fractionValue,
  hostArray,
  type Attack,
  type Engine,
  type LabelledImages,
  type Model,
  type Variables,
} from '@ard/core';
import type { Composition, Evaluation, EvaluationOptions, SampleVerdict } from '@ard/core/host';
import { subset } from '@ard/data';
import { formatEpsilon, type EpsilonPoint } from '@ard/report';
import { configuredEvaluator, evaluateOnce } from './evaluate-network.js';
import { inOrder } from './load-data.js';

export interface CurveParts {
  readonly engine: Engine;
  readonly model: Model;
  readonly variables: Variables;
  readonly evaluation: Composition['evaluation'];
  readonly options: EvaluationOptions;
  readonly test: LabelledImages;
  readonly signal?: AbortSignal;
  /** Told before each radius. */
  say(line: string): void;
}

/**
 * Accuracy at each radius of `evaluation.epsilons`, in ascending order. An image that is broken at one radius is
 * broken at every larger one, because the smaller ball lies in the larger: it is not attacked again.
 *
 * @param result of the evaluation at the attacks' own radius; its clean predictions are the point at 0
 * @returns undefined when no radius is asked for
 */
export async function epsilonCurve(
  result: Evaluation,
  { engine, model, variables, evaluation, options, test, signal, say }: CurveParts,
): Promise<readonly EpsilonPoint[] | undefined> {
  const epsilons = [...new Set(options.epsilons.map(fractionValue))].sort((a, b) => a - b);
  if (epsilons.length === 0) return undefined;
  const clean = result.verdicts.filter(({ label, cleanPrediction }) => cleanPrediction === label);
  let standing = clean.map(({ index }) => index);
  const points: EpsilonPoint[] = [];
  for (const epsilon of epsilons) {
    if (evaluation.attacks.every(({ attack }) => Math.abs(attack.epsilon - epsilon) < 1e-7)) {
      // what the evaluation has just measured
      const robust = new Set(result.verdicts.filter(isRobust).map(({ index }) => index));
      standing = standing.filter((index) => robust.has(index));
    } else if (epsilon > 0 && standing.length > 0) {
      say(`epsilon ${formatEpsilon(epsilon)}: ${standing.length} images`);
      const attacks = evaluation.attacks.map(({ id, attack }) => ({ id, attack: atRadius(attack, epsilon) }));
      const positions = Int32Array.from(standing);
      const { verdicts } = await evaluateOnce(
        configuredEvaluator(engine, model, { ...evaluation, attacks }, options),
        variables,
        inOrder(subset(test, positions, `those right at smaller radii`), options.batchSize),
        signal ? { signal } : {},
      );
      standing = verdicts.filter(isRobust).map(({ index }) => positions[index]!);
    }
    const correct = new Array<number>(model.classes).fill(0);
    for (const position of standing) correct[test.labels[position]!]!++;
    points.push({ epsilon, correct });
  }
  return points;
}

function isRobust({ label, cleanPrediction, attackedPrediction }: SampleVerdict): boolean {
  return cleanPrediction === label && attackedPrediction === label;
}

/** The same attack in a ball of another size; its step keeps its proportion to the radius where it can be scaled. */
function atRadius(attack: Attack, epsilon: number): Attack {
  const scale = epsilon / attack.epsilon;
  const { parts, scalesSteps } = attack;
  return {
    ...attack,
    epsilon,
    ...(parts ? { parts: parts.map((part) => ({ ...part, attack: atRadius(part.attack, epsilon) })) } : {}),
    prepare(victim) {
      const perturb = attack.prepare(victim);
      if (!scalesSteps) return perturb;
      return (batch, run) => {
        const [count] = batch.labels.shape as [number];
        const stepScale = hostArray(new Float32Array(count).fill(scale), [count]);
        return perturb({ ...batch, stepScale }, run);
      };
    },
  };
}
