import {
  hostScalar,
  randomStream,
  type Batch,
  type Compiled,
  type Engine,
  type Model,
  type Optimizer,
  type TensorVariables,
  type Variables,
} from '@ard/core';
import { crossEntropy } from '@ard/nn';
import { valueAndGradients } from '@ard/core/host';
import * as tf from '@tensorflow/tfjs-core';

type Tensors = Readonly<Record<string, tf.Tensor>>;
type Step = () => Promise<void>;

interface Inputs {
  readonly [key: string]: tf.Tensor | TensorVariables | Tensors;
  readonly network: TensorVariables;
  readonly images: tf.Tensor4D;
}

interface LabelledInputs extends Inputs {
  readonly labels: tf.Tensor1D;
}

interface TrainInputs extends LabelledInputs {
  readonly state: Tensors;
  readonly learningRate: tf.Scalar;
}

interface TrainOutputs {
  readonly [key: string]: tf.Tensor | Tensors;
  readonly loss: tf.Scalar;
  readonly parameters: Tensors;
  readonly state: Tensors;
  readonly statistics: Tensors;
}

/** The passes that everything is made of: each compiled as attacks, evaluations and trainings compile them. */
export function passSteps(
  engine: Engine,
  model: Model,
  optimizer: Optimizer,
  { images, labels }: Batch,
): Record<string, Step> {
  let network: Variables = model.init(randomStream(0));
  let state = optimizer.init(network.parameters);
  const learningRate = hostScalar(0.01);

  const attackGradient = engine.compile(
    (inputs: LabelledInputs) => ({
      gradient: tf.grad((x) => {
        const { logits } = model.apply(inputs.network, x as tf.Tensor4D, 'eval');
        return tf.sum(crossEntropy(logits, oneHot(inputs.labels, model.classes)));
      })(inputs.images),
    }),
    { name: 'attack-gradient', frozen: ['network'] },
  );
  const evaluation = engine.compile(
    (inputs: Inputs) => ({ logits: model.apply(inputs.network, inputs.images, 'eval').logits }),
    { name: 'evaluation-forward', frozen: ['network'] },
  );
  const training = trainingPass(model, optimizer);
  const compileTraining = (): Compiled<TrainInputs, TrainOutputs> =>
    engine.compile(training, { name: 'train-step' });
  const trainStep = compileTraining();
  const train = async (step: typeof trainStep): Promise<void> => {
    const result = await step({ network: { ...network }, images, labels, state, learningRate });
    network = { parameters: result.parameters, statistics: result.statistics };
    state = result.state;
  };

  return {
    'attack-gradient': async () => {
      (await attackGradient({ network: { ...network }, images, labels })).gradient.dispose();
    },
    'evaluation-forward': async () => {
      (await evaluation({ network: { ...network }, images })).logits.dispose();
    },
    'train-step': () => train(trainStep),
    // a function of its own each time, and its first call
    compile: async () => {
      const step = compileTraining();
      await train(step);
      await step.dispose();
    },
  };
}

/** Train-mode forward pass, parameter gradients and update. */
function trainingPass(model: Model, optimizer: Optimizer): (inputs: TrainInputs) => TrainOutputs {
  return ({ network, images, labels, state, learningRate }) => {
    const pass = valueAndGradients(() => {
      const { logits, statistics } = model.apply(network, images, 'train');
      return { value: tf.mean(crossEntropy(logits, oneHot(labels, model.classes))), auxiliary: statistics };
    }, network.parameters);
    const updated = optimizer.update({
      parameters: network.parameters,
      gradients: pass.gradients,
      state,
      learningRate,
    });
    return { loss: pass.value as tf.Scalar, ...updated, statistics: pass.auxiliary };
  };
}

function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(labels, classes), 'float32') as tf.Tensor2D;
}
