import type { Recognition, TensorShapes } from '@ard/core';
import type { SmallCnnOptions } from './small-cnn-options.js';

interface Trace {
  readonly layout: SmallCnnOptions['layout'];
  /** A tensor that only this layout has. */
  readonly mark: string;
  /** Height and width of the kernels of `mark`. */
  readonly kernel: number;
  /** The convolutions whose outputs are the widths. */
  readonly stages: readonly string[];
}

const traces: readonly Trace[] = [
  { layout: 'strided', mark: '0.weight', kernel: 4, stages: ['0', '2'] },
  {
    layout: 'trades-mnist',
    mark: 'feature_extractor.conv1.weight',
    kernel: 3,
    stages: ['feature_extractor.conv1', 'feature_extractor.conv3'],
  },
  { layout: 'trades-net', mark: 'conv1.weight', kernel: 5, stages: ['conv1', 'conv2'] },
  { layout: 'madry-mnist', mark: 'conv1.weight', kernel: 5, stages: ['conv1', 'conv2'] },
  {
    layout: 'gairat-cifar',
    mark: 'block1_conv1.weight',
    kernel: 3,
    stages: ['block1_conv1', 'block2_conv1', 'block3_conv1'],
  },
];

/** Reads layout, widths and padding of a `small-cnn` off a checkpoint. */
export function recogniseSmallCnn(tensors: TensorShapes): readonly Recognition[] {
  const own = batchNormStages(tensors);
  if (own.length > 0) return [{ options: { layout: 'batch-norm', widths: own } }];
  return traces
    .filter(({ mark, kernel }) => tensors.get(mark)?.[3] === kernel)
    .flatMap(({ layout, stages }) => {
      const widths = stages.map((stage) => tensors.get(`${stage}.weight`)?.[0]);
      if (!widths.every((width) => width !== undefined)) return [];
      const options = { layout, widths };
      // the linear layer after the convolutions tells which, where the size of the images is known
      if (layout === 'strided') return [1, 0].map((padding) => ({ options: { ...options, padding } }));
      return [{ options }];
    });
}

function batchNormStages(tensors: TensorShapes): readonly number[] {
  const widths: number[] = [];
  for (;;) {
    const width = tensors.get(`block${widths.length + 1}.conv1.weight`)?.[0];
    if (width === undefined) return widths;
    widths.push(width);
  }
}
