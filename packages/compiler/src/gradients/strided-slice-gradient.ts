import * as tf from '@tensorflow/tfjs-core';

let registered = false;

/** tfjs has no gradient of StridedSlice: zeros with the gradient where the slice was taken. */
export function registerStridedSliceGradient(): void {
  if (registered) return;
  registered = true;
  tf.registerGradient({ kernelName: 'StridedSlice', inputsToSave: ['x'], gradFunc });
}

function gradFunc(
  dy: tf.Tensor | tf.Tensor[],
  [x]: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): Record<string, () => tf.Tensor> {
  const given = attributes as unknown as tf.StridedSliceAttrs;
  const { begin, end, strides } = tf.slice_util.sliceInfo(
    x!.shape,
    given.begin,
    given.end,
    given.strides,
    given.beginMask,
    given.endMask,
    given.ellipsisMask,
    given.newAxisMask,
    given.shrinkAxisMask,
  );
  const taken = begin.map((from, axis) => Math.max(0, Math.ceil((end[axis]! - from) / strides[axis]!)));
  return {
    x: () =>
      x!.shape.reduce<tf.Tensor>(
        (gradient, extent, axis) =>
          spreadAlong(gradient, axis, {
            from: begin[axis]!,
            stride: strides[axis]!,
            count: taken[axis]!,
            extent,
          }),
        tf.reshape(dy as tf.Tensor, taken),
      ),
  };
}

interface Range {
  readonly from: number;
  readonly stride: number;
  readonly count: number;
  readonly extent: number;
}

/** Element i goes to `from + i · stride` of an axis of the given extent, zeros between. */
function spreadAlong(value: tf.Tensor, axis: number, { from, stride, count, extent }: Range): tf.Tensor {
  if (count === 0) {
    const shape = [...value.shape];
    shape[axis] = extent;
    return tf.zeros(shape);
  }
  const step = Math.abs(stride);
  const forwards = stride > 0 ? value : tf.reverse(value, axis);
  const first = stride > 0 ? from : from + (count - 1) * stride;
  const [before, after] = [value.shape.slice(0, axis), value.shape.slice(axis + 1)];
  const length = (count - 1) * step + 1;
  const spaced = tf.pad(
    tf.reshape(forwards, [...before, count, 1, ...after]),
    [...before, count, 1, ...after].map((_, index): [number, number] => [
      0,
      index === axis + 1 ? step - 1 : 0,
    ]),
  );
  const whole = tf.reshape(spaced, [...before, count * step, ...after]);
  const start = whole.shape.map(() => 0);
  const cut = tf.slice(whole, start, [...before, length, ...after]);
  return tf.pad(
    cut,
    cut.shape.map((_, index): [number, number] =>
      index === axis ? [first, extent - first - length] : [0, 0],
    ),
  );
}
