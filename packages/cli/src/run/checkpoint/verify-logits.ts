import type * as tf from '@tensorflow/tfjs-core';
import {
  ArdError,
  type Model,
  type NdArray,
  type PartialConfig,
  type TensorVariables,
  type Variables,
} from '@ard/core';
import { createEngine, createInstance, resolveConfig, type ConfigLayer, type Registry } from '@ard/core/host';
import { defaultConfig } from '../../default-config.js';
import { flagLayers } from '../../flag-layers.js';
import { loadNetwork } from '../load-network.js';
import type { InspectFlags, Inspection } from '../inspect-command.js';
import { chooseNetwork } from './network-choice.js';
import { modelName, modelNameText } from './model-name.js';
import { readReference, type Reference } from './reference-file.js';
import { channelsLast, firstImages } from './reference-images.js';

/** How the logits of a checkpoint compare with those of another program. */
export interface Verification {
  readonly agrees: boolean;
  readonly images: number;
  /** Largest absolute difference of a logit. */
  readonly largestDifference: number;
  /** The same as a part of the largest logit of its image. */
  readonly largestRelative: number;
  readonly tolerance: number;
  readonly engine: string;
  readonly model: string;
  /** For people. */
  readonly lines: readonly string[];
}

interface Question extends Pick<Inspection, 'path' | 'sha256'> {
  readonly checkpoint: string;
  readonly id: string | undefined;
  /** Path of the reference. */
  readonly reference: string;
}

/**
 * Runs a checkpoint on the inputs of a reference, or on the first test images, and compares the logits.
 *
 * @throws ArdError when there are no inputs, or they do not fit the network
 */
export async function verifyLogits(
  { path, sha256, checkpoint, id, reference: file }: Question,
  flags: InspectFlags,
  registry: Registry,
): Promise<Verification> {
  const tolerance = parseTolerance(flags.tolerance);
  const reference = readReference(file, { path, sha256 });
  const config = await resolveConfig(
    await layersFor({ checkpoint, id, reference, file }, flags, registry),
    registry,
  );
  const { student, dataset, engine } = config.components;
  const images =
    reference.inputs !== undefined
      ? channelsLast(reference.inputs, file)
      : dataset === undefined
        ? missingInputs(file)
        : firstImages(await (await createInstance('dataset', dataset)).load('test'), reference.logits.length);
  const architecture = await createInstance('model', student!);
  const { model, variables } = await loadNetwork(architecture, path, {
    shape: images.shape,
    classNames: reference.logits[0]!.map((_, index) => String(index)),
  });
  const running = await createEngine(engine!);
  try {
    const logits = await logitsOf(running, model, variables, images.data);
    return compare(logits, reference.logits, {
      tolerance,
      engine: running.description,
      model: modelNameText(modelName(student!.named.component, student!.values)),
    });
  } finally {
    await running.dispose();
  }
}

async function layersFor(
  {
    checkpoint,
    id,
    reference: { mean, std },
    file,
  }: { checkpoint: string; id: string | undefined; reference: Reference; file: string },
  flags: InspectFlags,
  registry: Registry,
): Promise<readonly ConfigLayer[]> {
  const flagged = flagLayers(flags, ['student', 'dataset', 'engine']);
  const normalisation = mean && std ? { mean, std } : {};
  const set = Object.assign({}, ...flagged.map(({ config }) => config.student?.options)) as object;
  const { choice, origin } = await chooseNetwork(
    {
      checkpoint,
      slot: 'student',
      ...(id === undefined ? {} : { id }),
      options: { ...normalisation, ...set },
    },
    registry,
  );
  const student = (one: PartialConfig['student']): PartialConfig => ({ student: one! });
  return [
    { origin: 'default', config: { engine: defaultConfig.engine! } },
    ...(id === undefined ? [] : [{ origin: checkpoint, config: student({ id }) }]),
    { origin, config: student(choice) },
    { origin: file, config: student({ options: normalisation }) },
    ...flagged,
  ];
}

function parseTolerance(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new ArdError(`--tolerance ${text} is no number above 0.`, { remedy: 'Give one such as 1e-4.' });
}

function missingInputs(file: string): never {
  throw new ArdError(`${file} has no inputs for this checkpoint, so they must be the first test images.`, {
    remedy: 'Say of which data: --dataset cifar10 --data-dir cifar-10-batches-bin.',
  });
}

/** Logits in eval mode, `[images * classes]`. */
async function logitsOf(
  engine: Awaited<ReturnType<typeof createEngine>>,
  model: Model,
  variables: Variables,
  images: NdArray,
): Promise<Float32Array> {
  const forward = engine.compile(
    (inputs: { network: TensorVariables; images: tf.Tensor4D }) => ({
      logits: model.apply(inputs.network, inputs.images, 'eval').logits,
    }),
    { name: 'logits', frozen: ['network'] },
  );
  try {
    const { logits } = await forward({ network: { ...variables }, images });
    return (await logits.read()) as Float32Array;
  } finally {
    await forward.dispose();
  }
}

function compare(
  found: Float32Array,
  expected: readonly (readonly number[])[],
  facts: Pick<Verification, 'tolerance' | 'engine' | 'model'>,
): Verification {
  const classes = expected[0]!.length;
  let [largestDifference, largestRelative] = [0, 0];
  expected.forEach((row, image) => {
    const scale = Math.max(1, ...row.map(Math.abs));
    row.forEach((value, k) => {
      const difference = Math.abs(found[image * classes + k]! - value);
      // a value that is not finite agrees with nothing
      if (!(difference <= largestDifference)) largestDifference = difference;
      if (!(difference / scale <= largestRelative)) largestRelative = difference / scale;
    });
  });
  const agrees = largestRelative <= facts.tolerance;
  const text =
    `largest difference of a logit ${largestDifference.toExponential(2)}, ` +
    `relative to the largest of its image ${largestRelative.toExponential(2)} (allowed ${facts.tolerance})`;
  return {
    agrees,
    images: expected.length,
    largestDifference,
    largestRelative,
    ...facts,
    lines: [
      `logits: ${agrees ? 'AGREE' : 'DISAGREE'} on ${expected.length} images; ${text}`,
      `  ${facts.model} on ${facts.engine}`,
      ...(agrees
        ? []
        : [
            '  Usual reasons: another normalisation (mean, std), another variant of the model, other inputs.',
          ]),
    ],
  };
}
