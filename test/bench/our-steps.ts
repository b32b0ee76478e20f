/**
 * The benchmark's steps on our engine: one process, told by lines on standard input which step to run once. Same
 * protocol as torch_steps.py. Arguments: depth, batch size, threads.
 */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import {
  hostArray,
  hostScalar,
  randomStream,
  type Architecture,
  type Component,
  type Engine,
  type HostArray,
  type Model,
  type NdArray,
  type Plugin,
  type TensorVariables,
} from '@ard/core';
import onnx from '@ard/plugin-engine-onnx';
import resnets from '@ard/plugin-models-resnet';

type Tensors = Readonly<Record<string, tf.Tensor>>;
type Arrays = Readonly<Record<string, NdArray>>;

const classes = 10;
const [depth = 20, batch = 128, threads = 2] = process.argv.slice(2).map(Number);

const engine = (await component(onnx, 'onnx').create({ ...defaults(onnx, 'onnx'), threads })) as Engine;
const model = await network(depth);
const inputs = makeInputs();
const teacher = model.init(randomStream(1));
let student = model.init(randomStream(0));
let momenta: Arrays = Object.fromEntries(
  Object.entries(student.parameters).map(([name, { shape }]) => [name, zeros(shape)]),
);

/** `Σ target · (log target - log softmax)`, `[batch]`. */
function divergence(logits: tf.Tensor2D, target: tf.Tensor2D): tf.Tensor1D {
  const logTarget = tf.log(tf.maximum(target, 1e-12));
  return tf.sum(tf.mul(target, tf.sub(logTarget, tf.logSoftmax(logits))), 1);
}

function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(tf.oneHot(labels, classes), tf.logSoftmax(logits)), 1));
}

const attackGradient = engine.compile(
  ({ network, images, labels }: { network: TensorVariables; images: tf.Tensor4D; labels: tf.Tensor1D }) => ({
    gradient: tf.grad((x) =>
      tf.sum(crossEntropy(model.apply(network, x as tf.Tensor4D, 'eval').logits, labels)),
    )(images),
  }),
  { name: 'attack-gradient', frozen: ['network'] },
);

const evaluation = engine.compile(
  ({ network, images }: { network: TensorVariables; images: tf.Tensor4D }) => ({
    logits: model.apply(network, images, 'eval').logits,
  }),
  { name: 'evaluation-forward', frozen: ['network'] },
);

const teacherTarget = engine.compile(
  ({ network, images }: { network: TensorVariables; images: tf.Tensor4D }) => ({
    target: tf.softmax(model.apply(network, images, 'eval').logits),
  }),
  { name: 'teacher', frozen: ['network'] },
);

interface AttackInputs {
  readonly [key: string]: tf.Tensor | TensorVariables;
  readonly network: TensorVariables;
  readonly images: tf.Tensor4D;
  readonly iterate: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
  readonly target: tf.Tensor2D;
  readonly kappa: tf.Tensor1D;
}

const attackStep = engine.compile(
  ({ network, images, iterate, labels, target, kappa }: AttackInputs) => {
    let logits = target;
    const gradient = tf.grad((x) => {
      logits = tf.keep(model.apply(network, x as tf.Tensor4D, 'eval').logits);
      return tf.sum(divergence(logits, target));
    })(iterate);
    const moved = tf.add(iterate, tf.mul(tf.sign(gradient), 2 / 255));
    const inBall = tf.minimum(tf.maximum(moved, tf.sub(images, 8 / 255)), tf.add(images, 8 / 255));
    const correct = tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32');
    return { iterate: tf.clipByValue(inBall, 0, 1), kappa: tf.add(kappa, correct) };
  },
  { name: 'attack-step', frozen: ['network'] },
);

interface TrainInputs {
  readonly [key: string]: tf.Tensor | TensorVariables | Tensors;
  readonly network: TensorVariables;
  readonly momenta: Tensors;
  readonly learningRate: tf.Scalar;
}

/** Updates by SGD with momentum 0.9 and weight decay 2e-4, as PyTorch's. */
function update(
  { network, momenta, learningRate }: TrainInputs,
  lossOf: (network: TensorVariables) => { loss: tf.Scalar; statistics: Tensors },
): { parameters: Tensors; momenta: Tensors; statistics: Tensors } {
  const names = Object.keys(network.parameters);
  let statistics: Tensors = {};
  const gradients = tf.grads((...values) => {
    const parameters = Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    const result = lossOf({ ...network, parameters });
    statistics = Object.fromEntries(
      Object.entries(result.statistics).map(([name, value]) => [name, tf.keep(tf.clone(value))]),
    );
    return result.loss;
  })(names.map((name) => network.parameters[name]!));
  const velocity = (name: string, index: number): tf.Tensor =>
    tf.add(tf.mul(momenta[name]!, 0.9), tf.add(gradients[index]!, tf.mul(network.parameters[name]!, 2e-4)));
  const next = Object.fromEntries(names.map((name, index) => [name, velocity(name, index)]));
  const parameters = Object.fromEntries(
    names.map((name) => [name, tf.sub(network.parameters[name]!, tf.mul(learningRate, next[name]!))]),
  );
  return { parameters, momenta: next, statistics };
}

const trainStep = engine.compile(
  (given: TrainInputs & { images: tf.Tensor4D; labels: tf.Tensor1D }) =>
    update(given, (network) => {
      const { logits, statistics } = model.apply(network, given.images, 'train');
      return { loss: tf.mean(crossEntropy(logits, given.labels)), statistics };
    }),
  { name: 'train-step' },
);

type DistillationInputs = TrainInputs & {
  images: tf.Tensor4D;
  adversarial: tf.Tensor4D;
  target: tf.Tensor2D;
  weights: tf.Tensor1D;
  labels: tf.Tensor1D;
};

const distillationStep = engine.compile(
  (given: DistillationInputs) =>
    update(given, (network) => {
      const first = model.apply(network, given.adversarial, 'train');
      const second = model.apply({ ...network, statistics: first.statistics }, given.images, 'train');
      const robust = tf.mul(divergence(first.logits, given.target), 5 / 6);
      const natural = tf.mul(divergence(second.logits, given.target), 1 / 6);
      const weight = tf.sum(tf.mul(tf.oneHot(given.labels, classes), given.weights), 1);
      return { loss: tf.mean(tf.mul(weight, tf.add(robust, natural))), statistics: second.statistics };
    }),
  { name: 'distillation-step' },
);

const steps: Record<string, () => Promise<void>> = {
  'attack-gradient': async () => {
    await attackGradient({ network: { ...student }, images: inputs.images, labels: inputs.labels });
  },
  'evaluation-forward': async () => {
    await evaluation({ network: { ...student }, images: inputs.images });
  },
  'train-step': async () => {
    const { images, labels, learningRate } = inputs;
    await adopt(await trainStep({ network: { ...student }, momenta, learningRate, images, labels }));
  },
  'fair-rslad-step': async () => {
    const { images, labels, weights, learningRate } = inputs;
    const { target } = await teacherTarget({ network: { ...teacher }, images });
    let iterate: NdArray = inputs.start;
    let kappa: NdArray = zeros([batch]);
    for (let step = 0; step < 10; step++) {
      ({ iterate, kappa } = await attackStep({
        network: { ...student },
        images,
        iterate,
        labels,
        target,
        kappa,
      }));
    }
    const adversarial = iterate;
    await adopt(
      await distillationStep({
        network: { ...student },
        momenta,
        learningRate,
        images,
        adversarial,
        target,
        weights,
        labels,
      }),
    );
  },
};

async function adopt(result: { parameters: Arrays; momenta: Arrays; statistics: Arrays }): Promise<void> {
  student = { parameters: result.parameters, statistics: result.statistics };
  momenta = result.momenta;
  return Promise.resolve();
}

function component(plugin: Plugin, id: string): Component {
  return plugin.components.find((candidate) => candidate.id === id)!;
}

function defaults(plugin: Plugin, id: string): Record<string, unknown> {
  return component(plugin, id).options.parse({});
}

async function network(layers: number): Promise<Model> {
  const resnet = component(resnets, 'resnet');
  const architecture = (await resnet.create(resnet.options.parse({ depth: layers }))) as Architecture;
  return architecture.build({ height: 32, width: 32, channels: 3 }, classes);
}

function makeInputs(): Record<'images' | 'start' | 'labels' | 'weights' | 'learningRate', HostArray> {
  const random = randomStream(2);
  const shape = [batch, 32, 32, 3];
  const images = random.derive('images').uniform(batch * 3072, 0, 1);
  const noise = random.derive('noise').normal(batch * 3072, 0, 0.001);
  const start = images.map((value, index) => Math.min(1, Math.max(0, value + noise[index]!)));
  return {
    images: hostArray(images, shape),
    start: hostArray(start, shape),
    labels: hostArray(
      Int32Array.from({ length: batch }, (_, index) => index % classes),
      [batch],
    ),
    weights: hostArray(random.derive('weights').uniform(classes, 0.5, 1.5), [classes]),
    learningRate: hostScalar(0.01),
  };
}

function zeros(shape: readonly number[]): HostArray {
  return hostArray(new Float32Array(shape.reduce((product, extent) => product * extent, 1)), shape);
}

process.stdout.write(`${JSON.stringify({ engine: engine.description })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const name = line.trim();
  if (name === 'quit') break;
  const started = performance.now();
  await steps[name]!();
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
}
await engine.dispose();
process.stdout.write(`${JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
process.exit(0);
