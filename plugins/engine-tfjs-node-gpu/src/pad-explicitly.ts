import * as tf from '@tensorflow/tfjs-core';

type Padding = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
type Pairs = [number, number][];

/** The tensors that a kernel shall see instead of its own, and what becomes of its result. */
interface Detour {
  readonly inputs: Record<string, tf.Tensor>;
  readonly attributes?: Record<string, unknown>;
  /** Made on the way, gone afterwards. */
  readonly temporary?: tf.Tensor;
  finish?(result: tf.Tensor): tf.Tensor;
}

type Plan = (inputs: Record<string, tf.Tensor>, attributes: Record<string, unknown>, pairs: Pairs) => Detour;

const padImage: Plan = (inputs, _, pairs) => {
  const padded = tf.pad(inputs.x!, pairs);
  return { inputs: { ...inputs, x: padded }, temporary: padded };
};

/** The gradient by the padded image, without its border. */
const cutGradient: Plan = (inputs, { inputShape }, pairs) => {
  const shape = inputShape as number[];
  return {
    inputs,
    attributes: { inputShape: shape.map((extent, axis) => extent + pairs[axis]![0] + pairs[axis]![1]) },
    finish: (gradient) => {
      const start = pairs.map(([before]) => before);
      const cut = tf.slice(gradient, start, shape);
      gradient.dispose();
      return cut;
    },
  };
};

const plans: Readonly<Record<string, Plan>> = {
  Conv2D: padImage,
  Conv2DBackpropFilter: padImage,
  Conv2DBackpropInput: cutGradient,
  DepthwiseConv2dNative: padImage,
  DepthwiseConv2dNativeBackpropFilter: padImage,
  DepthwiseConv2dNativeBackpropInput: cutGradient,
};

const done = new Set<string>();

/**
 * Lets a backend whose convolutions take `valid` and `same` only, as TensorFlow's training kernels do, take explicit
 * padding too: images are padded first, and gradients by padded images are cut.
 */
export function padExplicitly(backendName: string): void {
  if (done.has(backendName)) return;
  done.add(backendName);
  for (const [kernelName, plan] of Object.entries(plans)) {
    const kernel = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
    if (!kernel) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ ...kernel, kernelFunc: detoured(kernel.kernelFunc, plan) });
  }
}

function detoured(kernel: tf.KernelFunc, plan: Plan): tf.KernelFunc {
  return (given) => {
    const attributes = given.attrs as unknown as Record<string, unknown>;
    const pairs = pairsOf(attributes.pad as Padding);
    if (!pairs) return kernel(given);
    const inputs = given.inputs as unknown as Record<string, tf.Tensor>;
    if (isSame(inputs, attributes, pairs)) {
      return kernel({ ...given, attrs: { ...attributes, pad: 'same' } as unknown as tf.NamedAttrMap });
    }
    const detour = plan(inputs, attributes, pairs);
    const result = kernel({
      ...given,
      inputs: detour.inputs,
      attrs: { ...attributes, ...detour.attributes, pad: 'valid' } as unknown as tf.NamedAttrMap,
    }) as tf.TensorInfo;
    detour.temporary?.dispose();
    return detour.finish?.(asTensor(result)) ?? result;
  };
}

/** Rows and columns to add to an NHWC image; undefined where the kernel can do it. */
function pairsOf(pad: Padding): Pairs | undefined {
  if (typeof pad === 'string' || pad === 0) return undefined;
  if (typeof pad !== 'number') return pad;
  return [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ];
}

/** Whether `same` means these numbers, as for a 3 x 3 kernel with padding 1 and stride 1. */
function isSame(
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown>,
  [, rows, columns]: Pairs,
): boolean {
  const image = (attributes.inputShape ?? inputs.x!.shape) as [number, number, number, number];
  const filter = (attributes.filterShape ?? inputs.filter!.shape) as [number, number, number, number];
  const { strides, dilations } = attributes as { strides: number; dilations?: number };
  // depthwise filters differ in what does not matter to the padding
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    image,
    filter,
    strides,
    dilations ?? 1,
    'same',
    undefined,
    true,
  );
  const { top, bottom, left, right } = padInfo;
  return [top, bottom, left, right].join() === [...rows!, ...columns!].join();
}

function asTensor(info: tf.TensorInfo): tf.Tensor {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
}
