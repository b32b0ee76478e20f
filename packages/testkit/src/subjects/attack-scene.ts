import {
  randomStream,
  type Attack,
  type AttackResult,
  type Engine,
  type HostArray,
  type Model,
  type PreparedAttack,
  type Variables,
  type Victim,
} from '@ard/core';
import { createVictim, type NamedObservers, type NetworkVictim } from '@ard/core/host';
import { crossEntropy } from '@ard/nn';
import { floats, integers, rows, toHost } from '../support/values.js';

/** Images with labels, radii and identities. */
export interface AttackExamples {
  readonly images: HostArray;
  readonly labels: HostArray;
  readonly epsilon: HostArray;
  readonly ids: Int32Array;
}

/** An attack on a network, ready to run. */
export interface AttackScene {
  readonly victim: NetworkVictim;
  /** Runs on the examples with these indices, all unless told otherwise. */
  run(options?: { readonly seed?: number; readonly indices?: readonly number[] }): Promise<SceneResult>;
  dispose(): Promise<void>;
}

export interface SceneResult {
  readonly adversarial: HostArray;
  readonly trajectory: AttackResult['trajectory'];
}

export interface SceneOptions {
  readonly engine: Engine;
  readonly attack: Attack;
  readonly model: Model;
  readonly variables: Variables;
  readonly examples: AttackExamples;
  readonly observers?: NamedObservers;
  /** Stands between the attack and its victim. */
  readonly watch?: (victim: Victim) => Victim;
}

/** Puts an attack before a victim in eval mode that is attacked through its cross-entropy. */
export function attackScene(options: SceneOptions): AttackScene {
  const { engine, attack, model, variables, examples, observers, watch = (victim) => victim } = options;
  const victim = createVictim({
    engine,
    model,
    variables,
    mode: 'eval',
    objective: {
      references: [],
      perExampleLoss: ({ logits, oneHotLabels }) => crossEntropy(logits, oneHotLabels),
    },
    observers,
  });
  const prepared: PreparedAttack = attack.prepare(watch(victim));
  return {
    victim,
    dispose: () => victim.dispose(),
    async run({ seed = 3, indices } = {}) {
      const chosen = indices ? selected(examples, indices) : examples;
      const { images, labels, epsilon, ids } = chosen;
      const batch = { images, labels, epsilon, references: {} };
      const trajectory = await victim.startTrajectory(batch);
      const result = await prepared(batch, { random: randomStream(seed), ids, trajectory });
      return { adversarial: await toHost(result.adversarial), trajectory: result.trajectory };
    },
  };
}

function selected(examples: AttackExamples, indices: readonly number[]): AttackExamples {
  return {
    images: rows(examples.images, indices),
    labels: rows(examples.labels, indices),
    epsilon: rows(examples.epsilon, indices),
    ids: Int32Array.from(indices, (index) => examples.ids[index]!),
  };
}

/**
 * Six images, some pixels on the border of the pixel box.
 *
 * @param epsilon the largest radius; the examples have all, half, none, all, a quarter and all of it
 * @param labelled how many classes occur as labels
 */
export function attackExamples(model: Model, epsilon: number, labelled: number): AttackExamples {
  const parts = [1, 0.5, 0, 1, 0.25, 1];
  const { height, width, channels } = model.shape;
  const shape = [parts.length, height, width, channels];
  const pixels = randomStream(5)
    .uniform(parts.length * height * width * channels, -0.1, 1.1)
    .map((value) => Math.min(Math.max(value, 0), 1));
  return {
    images: floats(pixels, shape),
    labels: integers(parts.map((_, index) => index % labelled)),
    epsilon: floats(
      parts.map((part) => part * epsilon),
      [parts.length],
    ),
    ids: Int32Array.from(parts, (_, index) => 40 + 7 * index),
  };
}
