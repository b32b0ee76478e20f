import * as tf from '@tensorflow/tfjs-core';
import type { Attack, AttackBatch, AttackResult } from '../contracts/attack.js';
import type { Batch } from '../contracts/batch.js';
import type { Engine } from '../contracts/engine.js';
import type { ClassKnobs, KnobName } from '../contracts/knobs.js';
import type { Mode, Model, Variables } from '../contracts/model.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { Objective } from '../contracts/objective.js';
import type { RandomStream } from '../contracts/random-stream.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { hostArray } from '../nd-array.js';
import type { NamedObservers } from './observers.js';
import { createVictim, type NetworkWithValues } from './victim.js';

type Arrays = Readonly<Record<string, NdArray>>;

export interface InnerAttackParts {
  readonly engine: Engine;
  readonly student: Model;
  readonly variables: Variables;
  readonly attack: Attack;
  readonly objective: Objective;
  readonly mode: Mode;
  readonly observers: NamedObservers;
  readonly teacher?: NetworkWithValues;
  /** The class knobs that a strategy turns. */
  readonly turned: readonly KnobName[];
  readonly stepSizeOf?: ReweightingStrategy['stepSizeOf'];
}

export interface InnerAttack {
  /** @param clean logits of the teachers on the batch */
  run(
    variables: Variables,
    batch: Batch,
    knobs: ClassKnobs,
    clean: Arrays,
    random: RandomStream,
    epoch: number,
  ): Promise<AttackResult & { /** With the statistics that the attack has left. */ student: Variables }>;
  dispose(): Promise<void>;
}

/** The attack of training steps and of validation, under class knobs. */
export function createInnerAttack(parts: InnerAttackParts): InnerAttack {
  const { engine, student, variables, attack, objective, mode, observers, teacher, turned } = parts;
  const victim = createVictim({
    engine,
    model: student,
    variables,
    mode,
    objective,
    observers,
    ...(teacher ? { teacher } : {}),
  });
  const prepared = attack.prepare(victim);
  const temper = engine.compile(
    (inputs: { logits: tf.Tensor2D; temperature: tf.Tensor1D }) => ({
      logits: tf.div(inputs.logits, tf.expandDims(inputs.temperature, 1)),
    }),
    { name: 'tempered-targets' },
  );

  async function references(
    batch: Batch,
    knobs: ClassKnobs,
    clean: Arrays,
  ): Promise<Record<string, NdArray>> {
    const found: Record<string, NdArray> = {};
    if (objective.references.includes('teacherCleanLogits')) {
      const logits = clean.teacherCleanLogits!;
      found.teacherCleanLogits = turned.includes('temperature')
        ? (await temper({ logits, temperature: perExample(1, knobs.temperature, batch) })).logits
        : logits;
    }
    if (objective.references.includes('studentCleanLogits')) {
      found.studentCleanLogits = await victim.cleanLogits(batch.images);
    }
    return found;
  }

  return {
    async run(values, batch, knobs, clean, random, epoch) {
      victim.use(values);
      const attackBatch: AttackBatch = {
        images: batch.images,
        labels: batch.labels,
        epsilon: perExample(attack.epsilon, knobs.epsilon, batch),
        ...(turned.includes('temperature') && objective.references.includes('teacherIterateLogits')
          ? { targetTemperature: perExample(1, knobs.temperature, batch) }
          : {}),
        ...(turned.includes('stepSize')
          ? { stepScale: stepScale(knobs.stepSize, batch, parts.stepSizeOf) }
          : {}),
        references: await references(batch, knobs, clean),
      };
      const result = await prepared(attackBatch, {
        random,
        ids: batch.ids,
        epoch,
        trajectory: await victim.startTrajectory(attackBatch),
      });
      return { ...result, student: victim.current() };
    },
    async dispose() {
      await Promise.all([victim.dispose(), temper.dispose()]);
    },
  };
}

function stepScale(
  perClass: readonly number[],
  batch: Batch,
  of: ReweightingStrategy['stepSizeOf'] = 'example',
): NdArray {
  if (of === 'example') return perExample(1, perClass, batch);
  const { labels } = batch;
  const largest = Math.max(...Array.from(labels.data, (label) => perClass[label]!));
  return hostArray(new Float32Array(labels.data.length).fill(largest), [labels.data.length]);
}

function perExample(base: number, perClass: readonly number[], { labels }: Batch): NdArray {
  return hostArray(
    Float32Array.from(labels.data, (label) => base * perClass[label]!),
    [labels.data.length],
  );
}
