import { ArdError, randomStream, type BatchSource, type Engine, type Model, type Variables } from '@ard/core';
import {
  createEvaluator,
  type Composition,
  type Evaluation,
  type EvaluationOptions,
  type Evaluator,
} from '@ard/core/host';

/**
 * An evaluator with the attacks and the objective of a configuration.
 *
 * @throws ArdError when the objective compares with a teacher: an evaluation has none
 */
export function configuredEvaluator(
  engine: Engine,
  model: Model,
  { attacks, objective }: Composition['evaluation'],
  options: EvaluationOptions,
): Evaluator {
  if (objective.references.some((reference) => reference.startsWith('teacher'))) {
    throw new ArdError(
      `evaluation.objective ${options.objective} compares with a teacher; evaluations have none.`,
      {
        remedy: 'Choose another, such as --set evaluation.objective=cross-entropy.',
      },
    );
  }
  return createEvaluator({
    engine,
    model,
    attacks,
    objective,
    random: randomStream(options.seed),
    poolSize: options.poolSize,
    everyAttackOnAll: options.everyAttackOnAll,
  });
}

/** Evaluates once and releases everything. */
export async function evaluateOnce(
  evaluator: Evaluator,
  variables: Variables,
  batches: BatchSource,
  hooks: Parameters<Evaluator['run']>[2],
): Promise<Evaluation> {
  try {
    return await evaluator.run(variables, batches, hooks);
  } finally {
    await evaluator.dispose();
  }
}
