import type { Tensor } from '@tensorflow/tfjs-core';
import type { Model, TensorVariables } from '@ard/core';
import { trace, type InputSpec } from '@ard/compiler';

/** Two images: what works for one only shows itself. */
const batch = 2;

/** Applies a model without computing anything, for its shapes. @returns the number of logits per image */
export function dryRun(model: Model): number {
  const { height, width, channels } = model.shape;
  const ofKind = (kind: 'parameter' | 'statistic'): Record<string, InputSpec> =>
    Object.fromEntries(
      model.variables
        .filter((variable) => variable.kind === kind)
        .map(({ name, shape }) => [name, { shape, dtype: 'float32' }]),
    );
  const { graph } = trace(
    (inputs) => ({
      logits: model.apply(inputs['network'] as TensorVariables, inputs['images'] as never, 'eval')
        .logits as Tensor,
    }),
    {
      images: { shape: [batch, height, width, channels], dtype: 'float32' },
      network: { parameters: ofKind('parameter'), statistics: ofKind('statistic') },
    },
    { name: model.name },
  );
  return graph.outputs[0]!.value.shape[1]!;
}
