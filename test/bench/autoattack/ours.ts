/** AutoAttack's members in order on a contest's images. Argument: the contest's folder. */
import { hostArray, randomStream, type Compiled, type HostArray, type Victim } from '@ard/core';
import { createVictim } from '@ard/core/host';
import attackPlugin from '@ard/plugin-attack-autoattack';
import gradientAttacks from '@ard/plugin-attack-gradient';
import * as tf from '@tensorflow/tfjs-core';
import { makeComponent, makeEngine } from '../ours/component.js';
import { readContest, type AttackOutcome, type Outcome } from './contest.js';

const { contest, model, variables, images, labels } = await readContest(process.argv[2]!);
const engine = await makeEngine({ threads: contest.threads, ...contest.engine });
const objective = await makeComponent([gradientAttacks], 'objective', 'cross-entropy');
const victim = createVictim({ engine, model, variables, mode: 'eval', objective });
let forwards = 0;

/** Passes that the reference makes for one call of a step of this name. */
const passesPerCall: Readonly<Record<string, number>> = { 'fab-t-step': 2 };
const counting: Victim = {
  ...victim,
  compile: (name, step) => {
    const compiled = victim.compile(name, step);
    return (inputs) => {
      const { batch, images: plain } = inputs as unknown as Partial<
        Record<'batch', { labels: HostArray }> & Record<'images', HostArray>
      >;
      const rows = batch?.labels.shape[0] ?? plain?.shape[0] ?? 0;
      forwards += rows * (passesPerCall[name] ?? 1);
      return compiled(inputs);
    };
  },
};

const predict: Compiled<
  { network: Parameters<typeof model.apply>[0]; images: tf.Tensor4D },
  { classes: tf.Tensor }
> = engine.compile(
  (inputs) => ({
    classes: tf.cast(tf.argMax(model.apply(inputs.network, inputs.images, 'eval').logits, 1), 'int32'),
  }),
  { name: 'predict', frozen: ['network'] },
);

/** Those of the examples that the network is right about. */
async function correct(rows: readonly number[], pictures: HostArray): Promise<number[]> {
  const { classes } = await predict({ network: { ...variables }, images: pictures });
  const found = await classes.read();
  return rows.filter((row, place) => found[place] === labels[row]);
}

const everyone = Array.from(labels, (_, row) => row);
let robust = await correct(everyone, images);
const outcome: Outcome & { attacks: Record<string, AttackOutcome> } = {
  version: engine.description,
  correct: robust,
  attacks: {},
};
for (const name of contest.attacks) {
  if (robust.length === 0) break;
  const { epsilon, queries, iterations } = contest;
  const attack = await makeComponent([attackPlugin], 'attack', 'autoattack', {
    epsilon,
    attacks: [name],
    queries,
    iterations,
  });
  forwards = 0;
  const started = performance.now();
  const { adversarial } = await attack.prepare(counting)(
    {
      images: rowsOf(images, robust),
      labels: hostArray(
        Int32Array.from(robust, (row) => labels[row]!),
        [robust.length],
      ),
      epsilon: hostArray(new Float32Array(robust.length).fill(epsilon), [robust.length]),
      references: {},
    },
    { random: randomStream(0).derive(name), ids: Int32Array.from(robust), trajectory: {} },
  );
  const left = await correct(
    robust,
    hostArray((await adversarial.read()) as Float32Array, adversarial.shape),
  );
  outcome.attacks[name] = {
    seconds: (performance.now() - started) / 1000,
    forwards,
    broken: robust.filter((row) => !left.includes(row)),
  };
  robust = left;
}
await engine.dispose();
process.stdout.write(JSON.stringify(outcome));
process.exit(0);

function rowsOf({ data, shape }: HostArray, rows: readonly number[]): HostArray {
  const width = data.length / shape[0]!;
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, place) => chosen.set(data.subarray(row * width, (row + 1) * width), place * width));
  return hostArray(chosen, [rows.length, ...shape.slice(1)]);
}
