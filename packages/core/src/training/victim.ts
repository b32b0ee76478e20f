import * as tf from '@tensorflow/tfjs-core';
import type { AttackBatch, TracedAttackBatch, TracedVictim, Victim } from '../contracts/attack.js';
import type { Compiled, Concrete, Engine, TensorRecord } from '../contracts/engine.js';
import type { Mode, Model, TensorVariables, Variables } from '../contracts/model.js';
import type { NdArray } from '../contracts/nd-array.js';
import type { Objective } from '../contracts/objective.js';
import { ArdError } from '../errors.js';
import { observeAll, startObservers, type NamedObservers } from './observers.js';
import { valueAndGradients } from './value-and-gradients.js';

export interface NetworkWithValues {
  readonly model: Model;
  readonly variables: Variables;
}

export interface VictimOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly variables: Variables;
  /** Batch norm inside the attack. */
  readonly mode: Mode;
  readonly objective: Objective;
  /** For objectives that evaluate the teacher at the iterate. */
  readonly teacher?: NetworkWithValues;
  readonly observers?: NamedObservers;
}

export interface NetworkVictim extends Victim {
  /** Attacks other values of the same network from now on. */
  use(variables: Variables): void;
  /** The values under attack; in `train` mode with the statistics that the attack's passes have left. */
  current(): Variables;
  /** Accumulators of the observers before the first iterate of a batch. */
  startTrajectory(batch: AttackBatch): Promise<Readonly<Record<string, NdArray>>>;
  /** `[batch, classes]` in the victim's mode, without touching statistics. */
  cleanLogits(images: NdArray): Promise<NdArray>;
  dispose(): Promise<void>;
}

type WrappedInputs = { network: TensorVariables; teacher: TensorRecord; step: TensorRecord };
type WrappedOutputs = { step: TensorRecord; statistics: TensorRecord; checks: TensorRecord };

/** Makes a network attackable: owns its values, compiles an attack's steps over it, and guards their gradients. */
export function createVictim(options: VictimOptions): NetworkVictim {
  const { engine, model, mode, objective, teacher, observers = {} } = options;
  let variables = options.variables;
  const compiled: { dispose(): Promise<void> }[] = [];
  // statistics change with every train-mode pass, so only eval mode gains from building values in
  const frozen = mode === 'eval' ? ['network', 'teacher'] : ['teacher'];
  const teacherVariables = objective.references.includes('teacherIterateLogits')
    ? teacher?.variables
    : undefined;

  function own<I extends TensorRecord, O extends TensorRecord>(fn: Compiled<I, O>): Compiled<I, O> {
    compiled.push(fn);
    return fn;
  }

  function compile<I extends TensorRecord, O extends TensorRecord>(
    name: string,
    step: (inputs: I, victim: TracedVictim) => O,
  ): (inputs: Concrete<I>) => Promise<Concrete<O>> {
    const run = own(
      engine.compile<WrappedInputs, WrappedOutputs>(
        (inputs) => {
          const pass = tracePass(inputs, { model, mode, objective, teacher: teacher?.model, observers });
          const outputs = step(inputs.step as I, pass.victim);
          return { step: outputs, statistics: pass.statistics(), checks: pass.checks() };
        },
        { name, frozen },
      ),
    );
    return async (inputs) => {
      const outputs = await run({
        network: { ...variables },
        teacher: (teacherVariables ?? {}) as Concrete<TensorRecord>,
        step: inputs,
      });
      await refuseNonFinite(name, outputs.checks as Readonly<Record<string, NdArray>>);
      if (mode === 'train') {
        variables = { ...variables, statistics: outputs.statistics as Variables['statistics'] };
      }
      return outputs.step as Concrete<O>;
    };
  }

  const start = own(
    engine.compile((inputs: { batch: TracedAttackBatch }) => startObservers(observers, inputs.batch), {
      name: 'trajectory-start',
    }),
  );
  const logits = own(
    engine.compile(
      (inputs: { network: TensorVariables; images: tf.Tensor4D }) => ({
        logits: model.apply(inputs.network, inputs.images, mode).logits,
      }),
      { name: 'clean-logits', frozen },
    ),
  );

  return {
    shape: model.shape,
    classes: model.classes,
    compile,
    use: (next) => {
      variables = next;
    },
    current: () => variables,
    startTrajectory: async (batch) =>
      Object.keys(observers).length === 0 ? {} : await start({ batch: { ...batch } }),
    cleanLogits: async (images) => (await logits({ network: { ...variables }, images })).logits,
    dispose: async () => {
      await Promise.all(compiled.map((fn) => fn.dispose()));
    },
  };
}

/** What one compiled step sees, and what it leaves behind besides its own outputs. */
function tracePass(
  inputs: WrappedInputs,
  parts: Pick<VictimOptions, 'model' | 'mode' | 'objective'> & {
    teacher: Model | undefined;
    observers: NamedObservers;
  },
): { victim: TracedVictim; statistics(): TensorRecord; checks(): TensorRecord } {
  const { model, mode, objective, teacher, observers } = parts;
  const { parameters } = inputs.network;
  let statistics = inputs.network.statistics;
  const checks: Record<string, tf.Tensor> = {};

  const victim: TracedVictim = {
    logits(images) {
      const forward = model.apply({ parameters, statistics }, images, mode);
      statistics = forward.statistics;
      return forward.logits;
    },
    evaluate(iterate, batch, perExampleLoss = objective.perExampleLoss.bind(objective)) {
      const oneHotLabels = tf.oneHot(batch.labels, model.classes) as tf.Tensor2D;
      const { value, auxiliary, gradients } = valueAndGradients(
        () => {
          const forward = model.apply({ parameters, statistics }, iterate, mode);
          const references = { ...batch.references };
          if (teacher && objective.references.includes('teacherIterateLogits')) {
            const variablesOfTeacher = inputs.teacher as unknown as TensorVariables;
            const { logits } = teacher.apply(variablesOfTeacher, iterate, 'eval');
            const temperature = batch.targetTemperature as tf.Tensor1D | undefined;
            references.teacherIterateLogits = temperature
              ? tf.div(logits, tf.expandDims(temperature, 1))
              : logits;
          }
          const value = perExampleLoss({
            logits: forward.logits,
            labels: batch.labels,
            oneHotLabels,
            references,
          });
          const left = mode === 'train' ? forward.statistics : {};
          return { value, auxiliary: { ...left, 'ard:logits': forward.logits as tf.Tensor } };
        },
        { iterate },
      );
      const { 'ard:logits': logits, ...left } = auxiliary as Record<string, tf.Tensor>;
      if (mode === 'train') statistics = left;
      const gradient = gradients.iterate as tf.Tensor4D;
      // 0 · g is 0 for finite g and NaN otherwise, also where a later sign(NaN) would hide it
      checks[`gradient${Object.keys(checks).length}`] = tf.sum(tf.mul(gradient, 0));
      return { logits: logits as tf.Tensor2D, perExampleLoss: value as tf.Tensor1D, gradient };
    },
    observe: (trajectory, images, logits, batch) =>
      observeAll(observers, trajectory, { images, logits, batch }),
  };
  return { victim, statistics: () => (mode === 'train' ? statistics : {}), checks: () => checks };
}

async function refuseNonFinite(step: string, checks: Readonly<Record<string, NdArray>>): Promise<void> {
  for (const check of Object.values(checks)) {
    const [value] = await check.read();
    if (value !== 0) {
      throw new ArdError(`${step}: the gradient of the attack is not finite.`, {
        remedy:
          'The network has diverged or its checkpoint holds NaN; lower the learning rate or check the weights.',
      });
    }
  }
}
