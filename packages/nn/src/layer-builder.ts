import type * as tf from '@tensorflow/tfjs-core';
import {
  hostArray,
  type HostArray,
  type Mode,
  type Model,
  type RandomStream,
  type TensorVariables,
  type VariableSpec,
} from '@ard/core';
import { batchNorm } from './batch-norm.js';
import { conv2d, type SidePadding } from './conv2d.js';
import { ones, uniformFanIn, zeros, type Initialiser } from './initialisers.js';
import { linear } from './linear.js';
import { normaliseImages } from './normalise-images.js';

/** One evaluation of a network. */
export interface ForwardPass {
  readonly variables: TensorVariables;
  readonly mode: Mode;
  /** What the pass returns; batch norm layers put their updated statistics here. */
  readonly statistics: Record<string, tf.Tensor>;
}

/** A layer whose variables are declared: a function of its input and the pass that carries their values. */
export type Layer<X extends tf.Tensor> = (x: X, pass: ForwardPass) => X;

export interface LayerInitialisation {
  readonly weight?: Initialiser;
  readonly bias?: Initialiser;
}

export interface ConvolutionOptions extends LayerInitialisation {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of the kernel. */
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number | SidePadding;
  /** Divides inputs and outputs; as many as inputs make a depthwise convolution. 1 unless told otherwise. */
  readonly groups?: number;
  /** Whether there is a bias at all; not by default, for convolutions before batch norm. */
  readonly withBias?: boolean;
}

export interface LinearOptions extends LayerInitialisation {
  readonly inputs: number;
  readonly outputs: number;
}

/** Declares layers under their PyTorch module names and makes a model of them. */
export interface LayerBuilder {
  conv2d(name: string, options: ConvolutionOptions): Layer<tf.Tensor4D>;
  linear(name: string, options: LinearOptions): Layer<tf.Tensor2D>;
  batchNorm(name: string, channels: number): Layer<tf.Tensor4D>;
  /**
   * Call it last; the model has the variables declared so far, in that order. `logits` gets the images
   * normalised as the description says.
   */
  model(
    description: Pick<Model, 'name' | 'shape' | 'classes' | 'normalisation'>,
    logits: (images: tf.Tensor4D, pass: ForwardPass) => tf.Tensor2D,
  ): Model;
}

/**
 * Keeps the declaration of a layer's variables, their initialisation and their use in one place, so that a model
 * file reads like the table in its paper:
 *
 *     const layers = layerBuilder();
 *     const convolution = layers.conv2d('conv1', { inputs: 3, outputs: 16, kernel: 3, padding: 1 });
 *     const norm = layers.batchNorm('bn1', 16);
 *     const classifier = layers.linear('fc', { inputs: 16, outputs: classes });
 *     return layers.model({ name, shape, classes }, (images, pass) => {
 *       const features = tf.relu(norm(convolution(images, pass), pass));
 *       return classifier(globalAveragePool(features), pass);
 *     });
 *
 * Declare in the order of the PyTorch state dict. Each variable draws from a random stream of its own name, so
 * its first values do not depend on the other layers.
 *
 * @param defaults initialisers of weights and biases where a layer brings none; PyTorch's if left out
 */
export function layerBuilder(defaults: LayerInitialisation = {}): LayerBuilder {
  const variables: VariableSpec[] = [];
  const initialValues = new Map<string, (random: RandomStream) => HostArray>();

  function declare(spec: VariableSpec, initialise: Initialiser, fanIn = 1): void {
    const { name, shape } = spec;
    if (initialValues.has(name)) throw new Error(`layerBuilder: ${name} is declared twice`);
    variables.push(spec);
    initialValues.set(name, (random) => hostArray(initialise(random.derive(name), shape, fanIn), shape));
  }

  function declareParameter(
    name: string,
    shape: readonly number[],
    initialise: Initialiser,
    fanIn = 1,
  ): void {
    declare({ name, shape, kind: 'parameter', storage: 'float32' }, initialise, fanIn);
  }

  return {
    conv2d(name, options) {
      const {
        inputs,
        outputs,
        kernel,
        stride,
        padding,
        groups = 1,
        withBias = false,
        weight,
        bias,
      } = options;
      const fanIn = (inputs / groups) * kernel * kernel;
      declareParameter(
        `${name}.weight`,
        [outputs, inputs / groups, kernel, kernel],
        weight ?? defaults.weight ?? uniformFanIn,
        fanIn,
      );
      if (withBias) declareParameter(`${name}.bias`, [outputs], bias ?? defaults.bias ?? uniformFanIn, fanIn);
      return (x, pass) =>
        conv2d(x, parameter(pass, `${name}.weight`), {
          stride,
          padding,
          groups,
          bias: withBias ? parameter(pass, `${name}.bias`) : undefined,
        });
    },

    linear(name, { inputs, outputs, weight, bias }) {
      declareParameter(
        `${name}.weight`,
        [outputs, inputs],
        weight ?? defaults.weight ?? uniformFanIn,
        inputs,
      );
      declareParameter(`${name}.bias`, [outputs], bias ?? defaults.bias ?? uniformFanIn, inputs);
      return (x, pass) => linear(x, parameter(pass, `${name}.weight`), parameter(pass, `${name}.bias`));
    },

    batchNorm(name, channels) {
      const shape = [channels];
      const key = (part: string): string => `${name}.${part}`;
      declareParameter(key('weight'), shape, ones);
      declareParameter(key('bias'), shape, zeros);
      declare({ name: key('running_mean'), shape, kind: 'statistic', storage: 'float32' }, zeros);
      declare({ name: key('running_var'), shape, kind: 'statistic', storage: 'float32' }, ones);
      declare({ name: key('num_batches_tracked'), shape: [], kind: 'statistic', storage: 'int64' }, zeros);
      return (x, pass) => {
        const { y, statistics } = batchNorm(
          x,
          {
            weight: parameter(pass, key('weight')),
            bias: parameter(pass, key('bias')),
            running_mean: statistic(pass, key('running_mean')),
            running_var: statistic(pass, key('running_var')),
            num_batches_tracked: statistic(pass, key('num_batches_tracked')),
          },
          pass.mode,
        );
        for (const [part, value] of Object.entries(statistics))
          pass.statistics[key(part)] = value as tf.Tensor;
        return y;
      };
    },

    model: (description, logits) => ({
      ...description,
      variables: [...variables],
      init(random) {
        const values = (kind: VariableSpec['kind']): Record<string, HostArray> =>
          Object.fromEntries(
            variables
              .filter((spec) => spec.kind === kind)
              .map(({ name }) => [name, initialValues.get(name)!(random)]),
          );
        return { parameters: values('parameter'), statistics: values('statistic') };
      },
      apply(variables, images, mode) {
        const pass: ForwardPass = { variables, mode, statistics: { ...variables.statistics } };
        const { mean, std } = description.normalisation ?? { mean: [0], std: [1] };
        return { logits: logits(normaliseImages(images, mean, std), pass), statistics: pass.statistics };
      },
    }),
  };
}

function parameter<T extends tf.Tensor>(pass: ForwardPass, name: string): T {
  return present(pass.variables.parameters[name], name) as T;
}

/** From the pass, not from its variables: a layer used twice updates its statistics twice. */
function statistic<T extends tf.Tensor>(pass: ForwardPass, name: string): T {
  return present(pass.statistics[name], name) as T;
}

function present(tensor: tf.Tensor | undefined, name: string): tf.Tensor {
  if (tensor === undefined) throw new Error(`the variable ${name} was not given to the model`);
  return tensor;
}
