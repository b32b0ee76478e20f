import type { Engine, HostArray, Method } from '@ard/core';
import { accumulatorsOf, valueAndGradients } from '@ard/core/host';
import * as tf from '@tensorflow/tfjs-core';
import { allToHost, runOnce } from '../support/values.js';
import { tracedLossInputs, type LossScene, type TracedLossScene } from './loss-scene.js';

type Arrays = Readonly<Record<string, HostArray>>;

/** Everything that a method's loss says about one batch. */
export interface MethodEvaluation {
  /** `[batch]` per term. */
  readonly perExampleLoss: Arrays;
  /** `[]` per term. */
  readonly coefficients: Arrays;
  readonly state: Arrays;
  /** Of the total loss, per logits that the method needs. */
  readonly gradients: Arrays;
  /** Sum of the terms as the trainer reduces them. */
  readonly total: HostArray;
}

/**
 * Evaluates a method's loss and differentiates it as the trainer does.
 *
 * @param withoutWeights in a world that knows no class weights
 */
export async function evaluateMethod(
  engine: Engine,
  method: Method,
  phase: string,
  classes: number,
  scene: LossScene,
  withoutWeights = false,
): Promise<MethodEvaluation> {
  const outputs = await runOnce(
    engine,
    `method loss ${phase}`.trim(),
    (traced: TracedLossScene) => {
      const pass = valueAndGradients(() => {
        const inputs = tracedLossInputs(traced, method, classes, withoutWeights);
        const { terms, state } = method.loss(inputs, phase);
        if (terms.length === 0) throw new Error('the loss has no terms');
        const total = terms
          .map((term) => tf.mul(inputs.weightedMean(term.perExampleLoss, term.on), term.coefficient))
          .reduce((sum, term) => tf.add(sum, term));
        const named = (prefix: string, values: (tf.Tensor | number)[]): [string, tf.Tensor][] =>
          values.map((value, index) => [
            `${prefix}/${terms[index]!.name}`,
            typeof value === 'number' ? tf.scalar(value) : value,
          ]);
        if (new Set(terms.map(({ name }) => name)).size < terms.length)
          throw new Error('two terms have one name');
        return {
          value: total,
          auxiliary: Object.fromEntries([
            ...named(
              'perExampleLoss',
              terms.map((term) => term.perExampleLoss),
            ),
            ...named(
              'coefficients',
              terms.map((term) => term.coefficient),
            ),
            ...Object.entries(state ?? {}).map(([name, value]) => [`state/${name}`, value] as const),
          ]),
        };
      }, traced.logits);
      return { total: pass.value, gradients: pass.gradients, auxiliary: pass.auxiliary };
    },
    scene as never,
  );
  const auxiliary = await allToHost(outputs.auxiliary);
  const part = (prefix: string): Arrays => accumulatorsOf(auxiliary, prefix);
  const { total } = await allToHost({ total: outputs.total });
  return {
    perExampleLoss: part('perExampleLoss'),
    coefficients: part('coefficients'),
    state: part('state'),
    gradients: await allToHost(outputs.gradients),
    total,
  };
}
