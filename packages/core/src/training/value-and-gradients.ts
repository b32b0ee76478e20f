import * as tf from '@tensorflow/tfjs-core';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/**
 * Differentiates `sum(value)` with respect to some tensors and hands out other results of the same pass.
 *
 * tfjs frees whatever the differentiated function made except its value; the auxiliary results are carried over
 * that border without computing anything twice. Traced.
 *
 * @returns value, auxiliary results, and a gradient for each entry of `withRespectTo` (zeros where there is none)
 */
export function valueAndGradients<Value extends tf.Tensor, Auxiliary extends Tensors>(
  fn: () => { value: Value; auxiliary: Auxiliary },
  withRespectTo: Tensors,
): { value: Value; auxiliary: Auxiliary; gradients: Record<string, tf.Tensor> } {
  let kept: Tensors = {};
  const names = Object.keys(withRespectTo);
  const { value, grads } = tf.engine().gradients<Value>(
    () => {
      const result = fn();
      kept = mapValues(result.auxiliary, (tensor) => tf.keep(tf.clone(tensor)));
      return result.value;
    },
    names.map((name) => withRespectTo[name]!),
    undefined,
    true,
  );
  const auxiliary = mapValues(kept, (tensor) => {
    const result = tf.clone(tensor);
    tensor.dispose();
    return result;
  }) as Auxiliary;
  const gradients = Object.fromEntries(
    names.map((name, index) => [name, grads[index] ?? tf.zerosLike(withRespectTo[name]!)]),
  );
  return { value, auxiliary, gradients };
}

function mapValues(tensors: Tensors, fn: (tensor: tf.Tensor) => tf.Tensor): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fn(tensor)]));
}
