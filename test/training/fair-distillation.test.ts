import {
  randomStream,
  type Attack,
  type ComponentKind,
  type ComponentTypes,
  type Engine,
  type Method,
  type Model,
  type NdArray,
  type Objective,
  type Plugin,
  type TrainingEventMap,
  type Variables,
} from '@ard/core';
import {
  createTrainingEvents,
  createVictim,
  train,
  trainingOptions,
  type TrainingParts,
  type TrainingState,
} from '@ard/core/host';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import engineOnnx from '@ard/plugin-engine-onnx';
import fairGeometric from '@ard/plugin-fair-geometric';
import methodArd from '@ard/plugin-method-ard';
import methodRslad from '@ard/plugin-method-rslad';
import optimSgd from '@ard/plugin-optim-sgd';
import { expect } from 'chai';
import { cpuEngine, tinyBatches, tinyModel, tinyParts } from '../support/tiny-parts.js';

/** The real components of the methods, on parts that are small enough for tfjs's cpu backend. */

async function make<Kind extends ComponentKind>(
  plugin: Plugin,
  kind: Kind,
  id: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<ComponentTypes[Kind]> {
  const component = plugin.components.find((one) => one.kind === kind && one.id === id)!;
  return (await component.create(component.options.parse(options))) as ComponentTypes[Kind];
}

async function innerAttackOf({ innerAttack }: Method): Promise<NonNullable<TrainingParts['innerAttack']>> {
  const { attack, objective, mode } = innerAttack!;
  return {
    attack: (await make(attackGradient, 'attack', attack.id, attack.options)) as Attack,
    objective: (await make(attackGradient, 'objective', objective.id, objective.options)) as Objective,
    mode,
  };
}

async function partsOf(
  engine: Engine,
  method: Method,
  changes: Partial<TrainingParts> = {},
): Promise<TrainingParts> {
  const teacher = tinyModel();
  return tinyParts(engine, {
    teachers: { teacher: { model: teacher, variables: teacher.init(randomStream(9)) } },
    method,
    innerAttack: await innerAttackOf(method),
    optimizer: await make(optimSgd, 'optimizer', 'sgd', { nesterov: true }),
    schedule: await make(optimSgd, 'schedule', 'constant'),
    ...changes,
  });
}

/** A network that tells the classes apart: from PGD adversarial training. */
async function trainedTeacher(engine: Engine): Promise<{ model: Model; variables: Variables }> {
  const parts = await partsOf(engine, await make(adversarialTraining, 'method', 'pgd-at'), { teachers: {} });
  const { state } = await run(parts, 15);
  return { model: parts.student, variables: state.student };
}

async function run(
  parts: TrainingParts,
  epochs: number,
): Promise<{ state: TrainingState; finished: TrainingEventMap['epoch'][] }> {
  const events = createTrainingEvents();
  const finished: TrainingEventMap['epoch'][] = [];
  events.on('epoch', (event) => finished.push(event));
  const options = trainingOptions.parse({ epochs, batchSize: 4, evaluateEvery: 0, checkpointMinutes: 5 });
  return { state: await train(parts, options, { events }), finished };
}

async function values(arrays: Readonly<Record<string, NdArray>>): Promise<Record<string, number[]>> {
  const entries = Object.entries(arrays).map(
    async ([name, array]) => [name, Array.from(await array.read())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

describe('fair distillation', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  const methods: readonly (readonly [string, Plugin])[] = [
    ['ard', methodArd],
    ['rslad', methodRslad],
    ['trades', adversarialTraining],
  ];

  for (const [id, plugin] of methods) {
    const touches = id === 'ard';
    it(`${id}: the inner attack ${touches ? 'updates' : 'leaves'} the running statistics (methods.md 11.3, 4)`, async () => {
      const method = (await make(plugin, 'method', id)) as Method;
      const { attack, objective, mode } = await innerAttackOf(method);
      const model = tinyModel();
      const variables = model.init(randomStream(0));
      const victim = createVictim({ engine, model, variables, mode, objective });
      const { images, labels, ids } = await tinyBatches().batch(0, 0);
      const references = Object.fromEntries(
        await Promise.all(objective.references.map(async (name) => [name, await victim.cleanLogits(images)])),
      ) as Record<string, NdArray>;
      const epsilon = {
        ...labels,
        dtype: 'float32',
        read: () => Promise.resolve(new Float32Array(4).fill(0.03)),
      } as NdArray;
      const before = await values(variables.statistics);
      await attack.prepare(victim)(
        { images, labels, epsilon, references },
        { random: randomStream(0), ids, trajectory: {} },
      );
      const after = await values(victim.current().statistics);
      await victim.dispose();
      if (touches) {
        expect(after).not.to.deep.equal(before);
        expect(after['bn1.num_batches_tracked']).to.deep.equal([10]);
      } else {
        expect(after).to.deep.equal(before);
      }
    });

    it(`${id}: class weights of 1 reproduce the base method bit for bit (methods.md 11.3, 2)`, async () => {
      const method = (await make(plugin, 'method', id)) as Method;
      const base = await run(await partsOf(engine, method), 2);
      const neutral = await run(
        await partsOf(engine, method, {
          estimator: await make(fairGeometric, 'estimator', 'kappa'),
          strategy: await make(fairGeometric, 'strategy', 'geometric', { beta: 0 }),
        }),
        2,
      );
      expect(await values(neutral.state.student.parameters)).to.deep.equal(
        await values(base.state.student.parameters),
      );
    });
  }

  it('gives the losses and kappa of tfjs on the compiling engine', async () => {
    const onnx = await make(engineOnnx, 'engine', 'onnx', { threads: 1 });
    for (const [id, plugin] of methods) {
      const method = (await make(plugin, 'method', id)) as Method;
      const estimator = await make(fairGeometric, 'estimator', 'kappa', { denominator: 'per-class' });
      const [compiled, eager] = [
        await run(await partsOf(onnx, method, { estimator }), 2),
        await run(await partsOf(engine, method, { estimator }), 2),
      ];
      eager.finished.forEach(({ loss, difficulty }, index) => {
        // steps by sign amplify rounding where a gradient is all but zero
        expect(compiled.finished[index]!.loss, `${id}, epoch ${index}`).to.be.closeTo(loss, 2e-3 * loss);
        difficulty!.values.forEach((kappa, label) =>
          expect(compiled.finished[index]!.difficulty!.values[label], `${id}, kappa`).to.be.closeTo(kappa, 1),
        );
      });
    }
    await onnx.dispose();
  });

  it('weights of an epoch come from the epoch before, and the first has none (methods.md 11.3, 3)', async () => {
    const method = (await make(methodRslad, 'method', 'rslad')) as Method;
    const parts = await partsOf(engine, method, {
      teachers: { teacher: await trainedTeacher(engine) },
      estimator: await make(fairGeometric, 'estimator', 'kappa', { denominator: 'per-class' }),
      strategy: await make(fairGeometric, 'strategy', 'geometric'),
    });
    const { finished } = await run(parts, 8);
    expect(finished[0]!.knobs.lossWeight).to.deep.equal([1, 1, 1]);
    const strategy = await make(fairGeometric, 'strategy', 'geometric');
    for (const [index, { knobs, nextKnobs, difficulty }] of finished.entries()) {
      expect(difficulty!.values.every((kappa) => kappa >= 0 && kappa <= 10)).to.equal(true);
      const { knobs: expected } = strategy.update({}, { epoch: index, classes: 3, difficulty: difficulty! });
      expect(nextKnobs.lossWeight).to.deep.equal(expected.lossWeight);
      if (index > 0) expect(knobs.lossWeight).to.deep.equal(finished[index - 1]!.nextKnobs.lossWeight);
    }
    const unequal = finished.filter(({ difficulty }) => new Set(difficulty!.values).size > 1);
    expect(unequal, 'epochs in which classes differ in kappa').not.to.be.empty;
    for (const { nextKnobs } of unequal) expect(nextKnobs.lossWeight).not.to.deep.equal([1, 1, 1]);
  });

  it('leaves the teacher as it was (methods.md 11.3, 8)', async () => {
    const method = (await make(methodArd, 'method', 'ard')) as Method;
    const parts = await partsOf(engine, method);
    const { variables } = parts.teachers.teacher!;
    const before = [await values(variables.parameters), await values(variables.statistics)];
    await run(parts, 1);
    expect([await values(variables.parameters), await values(variables.statistics)]).to.deep.equal(before);
  });

  it('learns: the loss of Fair-RSLAD falls', async () => {
    const method = (await make(methodRslad, 'method', 'rslad')) as Method;
    const parts = await partsOf(engine, method, {
      estimator: await make(fairGeometric, 'estimator', 'kappa', { denominator: 'per-class' }),
      strategy: await make(fairGeometric, 'strategy', 'geometric'),
    });
    const { finished } = await run(parts, 6);
    expect(finished.at(-1)!.loss).to.be.lessThan(finished[0]!.loss);
  });
});
