import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  fractionValue,
  hostArray,
  randomStream,
  type HostArray,
  type Model,
  type Variables,
} from '@ard/core';
import { fromVariables, readCheckpoint, safetensorsStore, toVariables } from '@ard/checkpoints';
import cifar from '@ard/plugin-datasets-cifar';
import * as tf from '@tensorflow/tfjs-core';
import { makeComponent, makeEngine, makeModel } from '../ours/component.js';
import type { AutoAttackBenchOptions } from './options.js';

/** What both sides are given, beside the files of images, labels and weights. */
export interface Contest {
  readonly network: string;
  readonly networkOptions: Readonly<Record<string, unknown>>;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly samples: number;
  readonly epsilon: number;
  readonly attacks: readonly string[];
  readonly queries: number;
  readonly iterations: number;
  readonly threads: number;
  readonly engine: Readonly<Record<string, unknown>>;
}

/** What one attack did to the examples that those before it had left. */
export interface AttackOutcome {
  readonly seconds: number;
  /** Forward passes times examples in them. */
  readonly forwards: number;
  /** Indices of examples. */
  readonly broken: readonly number[];
}

export interface Outcome {
  readonly version: string;
  readonly correct: readonly number[];
  readonly attacks: Readonly<Record<string, AttackOutcome>>;
}

export const imageSize = 32;
const classes = 10;
const pixels = imageSize * imageSize * 3;
const files = { contest: 'contest.json', weights: 'network.safetensors', images: 'images', labels: 'labels' };

const run = promisify(execFile);
const ourScript = fileURLToPath(new URL('ours.js', import.meta.url));
const referenceScript = fileURLToPath(new URL('../../../bench/torch/autoattack.py', import.meta.url));

/** Writes the files of a contest into an empty folder. */
export async function prepareContest(folder: string, options: AutoAttackBenchOptions): Promise<void> {
  const { network, engine, attacks, queries, iterations, threads, samples } = options;
  const stored = options.checkpoint === undefined ? undefined : await readCheckpoint(options.checkpoint);
  const stated = (name: 'mean' | 'std') => {
    const text = stored?.metadata[name];
    return text === undefined ? {} : { [name]: JSON.parse(text) as number[] };
  };
  const networkOptions = { ...stated('mean'), ...stated('std'), ...options.networkOptions };
  const model = await makeModel(network, imageSize, networkOptions);
  const variables = stored ? toVariables(model, stored) : model.init(randomStream(0));
  const { images, labels } = await imagesOf(options);
  const contest: Contest = {
    ...{ network, networkOptions, attacks, queries, iterations, threads, engine, samples },
    mean: model.normalisation?.mean ?? [0],
    std: model.normalisation?.std ?? [1],
    epsilon: fractionValue(options.epsilon),
  };
  await writeFile(join(folder, files.contest), JSON.stringify(contest));
  await safetensorsStore.save(join(folder, files.weights), await fromVariables(model, variables));
  await writeFile(join(folder, files.images), images.data);
  await writeFile(
    join(folder, files.labels),
    stored ? labels : await ownLabels(model, variables, images, engine),
  );
}

/** The same as those who take part read it. */
export async function readContest(folder: string): Promise<{
  readonly contest: Contest;
  readonly model: Model;
  readonly variables: Variables;
  readonly images: HostArray;
  readonly labels: Int32Array;
}> {
  const contest = JSON.parse(await readFile(join(folder, files.contest), 'utf8')) as Contest;
  const model = await makeModel(contest.network, imageSize, contest.networkOptions);
  const variables = toVariables(model, await safetensorsStore.load(join(folder, files.weights)));
  const bytes = async (name: string): Promise<ArrayBuffer> => {
    const content = await readFile(join(folder, name));
    return content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength) as ArrayBuffer;
  };
  return {
    contest,
    model,
    variables,
    images: hostArray(new Float32Array(await bytes(files.images)), [
      contest.samples,
      imageSize,
      imageSize,
      3,
    ]),
    labels: new Int32Array(await bytes(files.labels)),
  };
}

export async function runOurs(folder: string): Promise<Outcome> {
  const { stdout } = await run(process.execPath, [ourScript, folder]);
  return JSON.parse(stdout) as Outcome;
}

/** @throws Error with the last line of what Python said where torch or the reference are missing */
export async function runReference(
  folder: string,
  { python, reference }: AutoAttackBenchOptions,
): Promise<Outcome> {
  try {
    const { stdout } = await run(python, [referenceScript, folder, reference!]);
    return JSON.parse(stdout) as Outcome;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`the reference did not run: ${stderr?.trim().split('\n').at(-1) || message}`, {
      cause: error,
    });
  }
}

async function imagesOf({
  dataDir,
  samples,
}: AutoAttackBenchOptions): Promise<{ images: HostArray; labels: Int32Array }> {
  const shape = [samples, imageSize, imageSize, 3];
  if (dataDir === undefined) {
    const values = randomStream(0)
      .derive('images')
      .uniform(samples * pixels, 0, 1);
    return { images: hostArray(values, shape), labels: new Int32Array(samples) };
  }
  const dataset = await makeComponent([cifar], 'dataset', 'cifar10', { directory: dataDir });
  const test = await dataset.load('test');
  if (test.count < samples) throw new Error(`--samples: there are only ${test.count} in ${dataDir}.`);
  return {
    images: hostArray(
      Float32Array.from(test.images.subarray(0, samples * pixels), (byte) => byte / 255),
      shape,
    ),
    labels: Int32Array.from(test.labels.subarray(0, samples)),
  };
}

/** What an untrained network says of the images. */
async function ownLabels(
  model: Model,
  variables: Variables,
  images: HostArray,
  engineOptions: AutoAttackBenchOptions['engine'],
): Promise<Int32Array> {
  const engine = await makeEngine(engineOptions);
  const predict = engine.compile(
    (inputs: { network: Parameters<Model['apply']>[0]; images: tf.Tensor4D }) => ({
      classes: tf.cast(tf.argMax(model.apply(inputs.network, inputs.images, 'eval').logits, 1), 'int32'),
    }),
    { name: 'labels', frozen: ['network'] },
  );
  const labels = await (await predict({ network: { ...variables }, images })).classes.read();
  await engine.dispose();
  return Int32Array.from(labels, (label) => label % classes);
}
