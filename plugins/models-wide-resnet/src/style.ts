import {
  kaimingNormalFanOut,
  uniformFanIn,
  zeros,
  type LayerInitialisation,
  type SidePadding,
} from '@ard/nn';
import type { WideResnetOptions } from './wide-resnet-options.js';

/** How authors of wide ResNets named, padded and initialised what is otherwise the same network. */
export interface Style {
  readonly stem: string;
  /** Module of block i of group 1, 2 or 3. */
  block(group: number, i: number): string;
  readonly finalNorm: string;
  readonly classifier: string;
  /** Modules of a block, in the order of the state dict. */
  readonly norms: readonly [string, string];
  readonly convolutions: readonly [string, string];
  readonly shortcut: string;
  /** Of 3x3 convolutions with stride 2. */
  readonly stridedPadding: number | SidePadding;
  readonly convolutionInitialisation: LayerInitialisation;
  readonly classifierInitialisation: LayerInitialisation;
}

export const styles: Readonly<Record<WideResnetOptions['style'], Style>> = {
  // yaodongyu/TRADES, methods.md 8.4
  trades: {
    stem: 'conv1',
    block: (group, i) => `block${group}.layer.${i}`,
    finalNorm: 'bn1',
    classifier: 'fc',
    norms: ['bn1', 'bn2'],
    convolutions: ['conv1', 'conv2'],
    shortcut: 'convShortcut',
    stridedPadding: 1,
    convolutionInitialisation: { weight: kaimingNormalFanOut },
    classifierInitialisation: { weight: uniformFanIn, bias: zeros },
  },
  // deepmind/deepmind-research, methods.md 8.5; PyTorch's initialisation
  deepmind: {
    stem: 'init_conv',
    block: (group, i) => `layer.${group - 1}.block.${i}`,
    finalNorm: 'batchnorm',
    classifier: 'logits',
    norms: ['batchnorm_0', 'batchnorm_1'],
    convolutions: ['conv_0', 'conv_1'],
    shortcut: 'shortcut',
    // what TensorFlow, where the networks come from, calls SAME on an even number of pixels
    stridedPadding: { top: 0, left: 0, bottom: 1, right: 1 },
    convolutionInitialisation: {},
    classifierInitialisation: {},
  },
};
