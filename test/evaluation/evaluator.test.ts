import { expect } from 'chai';
import {
  hostArray,
  randomStream,
  type Attack,
  type BatchSource,
  type Engine,
  type StoredTensors,
  type Variables,
} from '@ard/core';
import {
  createEvaluator,
  type Evaluation,
  type EvaluationHooks,
  type EvaluatorParts,
  type FindingsStore,
} from '@ard/core/host';
import {
  classes,
  cpuEngine,
  crossEntropyObjective,
  tinyAttack,
  tinyBatches,
  tinyModel,
} from '../support/tiny-parts.js';

/** Replaces the images of some examples by ones of another brightness, which decides the class here. */
function breaking(ids: readonly number[]): Attack {
  return {
    epsilon: 1,
    passes: { forward: 0, backward: 0 },
    reportsIterates: false,
    description: `breaks ${ids.length}`,
    prepare: () => async (batch, run) => {
      const images = Float32Array.from(await batch.images.read());
      const size = images.length / run.ids.length;
      run.ids.forEach((id, row) => {
        if (!ids.includes(id)) return;
        const dark = images[row * size]! < 0.5;
        images.fill(dark ? 1 : 0, row * size, (row + 1) * size);
      });
      return { adversarial: hostArray(images, batch.images.shape), trajectory: run.trajectory };
    },
  };
}

/** Makes all images one brightness. */
function toBrightness(value: number): Attack['prepare'] {
  return () => (batch, run) =>
    Promise.resolve({
      adversarial: hostArray(
        new Float32Array(batch.images.shape.reduce((a, b) => a * b, 1)).fill(value),
        batch.images.shape,
      ),
      trajectory: run.trajectory,
    });
}

/** Knows two classes by brightness: every parameter set by hand, so that every answer is known. */
function byBrightness(boundary = 0.5): Variables {
  const variables = tinyModel().init(randomStream(0));
  const zero = (name: string): Float32Array =>
    new Float32Array(variables.parameters[name]!.shape.reduce((a, b) => a * b, 1));
  const convolution = zero('conv1.weight');
  convolution[4] = 1; // centre tap of the first channel: passes the image on
  const classifier = zero('fc.weight');
  classifier.set([-10, 0, 0, 0, 10, 0, 0, 0]);
  const parameters = {
    ...variables.parameters,
    'conv1.weight': hostArray(convolution, [4, 1, 3, 3]),
    'fc.weight': hostArray(classifier, [classes, 4]),
    'fc.bias': hostArray(Float32Array.of(10 * boundary, -10 * boundary, -100), [classes]),
  };
  return { ...variables, parameters };
}

/** Ten flat images, dark for class 0 and bright for class 1; the last one is mislabelled. */
function flatBatches(batchSize: number): BatchSource {
  const labels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 0];
  const grey = [0.1, 0.9, 0.2, 0.8, 0.1, 0.9, 0.2, 0.8, 0.1, 0.9];
  return {
    count: labels.length,
    stepsPerEpoch: Math.ceil(labels.length / batchSize),
    classCounts: [6, 4, 0],
    batch: (_, step) => {
      const ids = Int32Array.from(labels.keys()).slice(step * batchSize, (step + 1) * batchSize);
      return Promise.resolve({
        ids,
        labels: hostArray(
          Int32Array.from(ids, (id) => labels[id]!),
          [ids.length],
        ),
        images: hostArray(
          Float32Array.from({ length: ids.length * 16 }, (_, index) => grey[ids[index >> 4]!]!),
          [ids.length, 4, 4, 1],
        ),
      });
    },
  };
}

describe('evaluator', () => {
  let engine: Engine;
  before(async () => {
    engine = await cpuEngine();
  });

  async function evaluate(
    attacks: Record<string, Attack>,
    batches = flatBatches(4),
    {
      hooks,
      boundary,
      ...changes
    }: Partial<EvaluatorParts> & { hooks?: EvaluationHooks; boundary?: number } = {},
  ): Promise<Evaluation> {
    const evaluator = createEvaluator({
      engine,
      model: tinyModel(),
      attacks: Object.entries(attacks).map(([id, attack]) => ({ id, attack })),
      objective: crossEntropyObjective,
      random: randomStream(0),
      ...changes,
    });
    try {
      return await evaluator.run(byBrightness(boundary), batches, hooks);
    } finally {
      await evaluator.dispose();
    }
  }

  it('counts correct examples per class, clean and attacked', async () => {
    const result = await evaluate({ a: breaking([0, 1, 3]) });
    expect(result.count).to.equal(10);
    expect(result.counts).to.deep.equal([6, 4, 0]);
    expect(result.cleanCorrect).to.deep.equal([5, 4, 0]);
    expect(result.robustCorrect).to.deep.equal([4, 2, 0]);
  });

  it('takes the worst case over attacks, image by image, each on what those before it left', async () => {
    const result = await evaluate({ a: breaking([0]), b: breaking([0, 2, 1]) });
    expect(result.attacks.map(({ id, correct, alone }) => [id, correct, alone])).to.deep.equal([
      ['a', [4, 4, 0], true],
      ['b', [3, 3, 0], false],
    ]);
    expect(result.robustCorrect).to.deep.equal([3, 3, 0]);
    expect(result.verdicts.map(({ brokenBy }) => brokenBy).slice(0, 4)).to.deep.equal([
      'a',
      'b',
      'b',
      undefined,
    ]);
  });

  it("keeps each attack's own number when every one is run on all images", async () => {
    const attacks = { a: breaking([0]), b: breaking([0, 2, 1]) };
    const result = await evaluate(attacks, flatBatches(4), { everyAttackOnAll: true });
    expect(result.attacks.map(({ id, correct, alone }) => [id, correct, alone])).to.deep.equal([
      ['a', [4, 4, 0], true],
      ['b', [3, 3, 0], true],
    ]);
    expect(result.robustCorrect).to.deep.equal([3, 3, 0]);
    expect(result.verdicts.map(({ brokenAlone }) => brokenAlone).slice(0, 4)).to.deep.equal([
      ['a', 'b'],
      ['b'],
      ['b'],
      undefined,
    ]);
  });

  it('shows no attack an image that is broken or wrong already, and keeps batches full', async () => {
    const shown: { attack: string; ids: number[] }[] = [];
    const watched = (name: string, ids: readonly number[]): Attack => {
      const attack = breaking(ids);
      return {
        ...attack,
        prepare: (victim) => async (batch, run) => {
          shown.push({ attack: name, ids: [...run.ids] });
          return await attack.prepare(victim)(batch, run);
        },
      };
    };
    await evaluate({ a: watched('a', [0, 1, 2, 3, 4]), b: watched('b', []) }, flatBatches(5), {
      poolSize: 10,
    });
    expect(shown).to.deep.equal([
      { attack: 'a', ids: [0, 1, 2, 3, 4] },
      // four are left for the second batch: the size above is repeated, with padding that nobody looks at
      { attack: 'a', ids: [5, 6, 7, 8] },
      { attack: 'b', ids: [5, 6, 7, 8] },
    ]);
  });

  it('refuses images outside the ball or the range of a pixel', async () => {
    const refusal = async (attack: Attack): Promise<string> =>
      await evaluate({ escaping: attack }).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
    expect(await refusal({ ...breaking([0]), epsilon: 0.5 })).to.equal(
      'escaping returned an image outside its linf ball of radius 0.5.',
    );
    expect(await refusal({ ...breaking([]), prepare: toBrightness(1.01) })).to.contain('range of a pixel');
    expect(await refusal({ ...breaking([]), prepare: toBrightness(NaN) })).to.contain('range of a pixel');
    expect(await refusal({ ...breaking([0]), norm: 'l2', epsilon: 3 })).to.contain('l2 ball of radius 3');
    expect(await refusal({ ...breaking([0]), norm: 'l2', epsilon: 4 })).to.equal('accepted');
  });

  it('says what became of each image', async () => {
    const { verdicts, adversarials } = await evaluate({ a: breaking([0]) }, flatBatches(4), {
      hooks: { keepImages: true },
    });
    const [broken, robust] = verdicts;
    expect(broken).to.include({
      index: 0,
      label: 0,
      cleanPrediction: 0,
      attackedPrediction: 1,
      brokenBy: 'a',
    });
    expect(broken!.cleanMargin).to.be.above(0);
    expect(broken!.attackedMargin).to.be.below(0);
    expect(broken!.breaksIn8Bit).to.equal(true);
    expect(robust).to.include({ index: 1, label: 1, attackedPrediction: 1 });
    expect(robust).not.to.have.property('brokenBy');
    // wrong without an attack: none is run, so none is named
    expect(verdicts[9]).to.include({ label: 0, cleanPrediction: 1, attackedPrediction: 1 });
    expect(verdicts[9]).not.to.have.property('brokenBy');
    expect(adversarials!.indices).to.deep.equal([0]);
    expect([...adversarials!.images]).to.deep.equal(new Array(16).fill(1));
  });

  it('tells images that break their sample only in float', async () => {
    // classes meet at 0.499; 0.4995 is beyond, and the nearest 8-bit level, 127/255 = 0.498, is not
    const attack = { ...breaking([]), prepare: toBrightness(0.4995) };
    const options = { boundary: 0.499, hooks: { keepImages: true } };
    const { verdicts } = await evaluate({ a: attack }, flatBatches(4), options);
    expect(verdicts[0]).to.include({ attackedPrediction: 1, brokenBy: 'a', breaksIn8Bit: false });
  });

  it('goes on with what is stored, and ends with the same verdicts', async () => {
    const stored = new Map<string, StoredTensors>();
    let runs = 0;
    const counted = (attack: Attack): Attack => ({
      ...attack,
      prepare: (victim) => async (batch, run) => {
        runs++;
        return await attack.prepare(victim)(batch, run);
      },
    });
    const attacks = { a: counted(breaking([0, 5])), b: counted(tinyAttack(3)) };
    const store: FindingsStore = {
      load: (unit) => Promise.resolve(stored.get(unit)),
      save: (unit, findings) => Promise.resolve(void stored.set(unit, findings)),
    };
    const options = { poolSize: 4, hooks: { store, keepImages: true } };
    const whole = await evaluate(attacks, flatBatches(4), options);
    const first = runs;
    // the last of three pools is missing, as after a kill
    for (const unit of [...stored.keys()].filter((name) => name.startsWith('2-'))) stored.delete(unit);
    const resumed = await evaluate(attacks, flatBatches(4), options);
    expect(runs - first).to.be.within(1, first - 1);
    expect(resumed).to.deep.equal(whole);
  });

  it('reports at which iterate an attack first broke an image', async () => {
    const { verdicts } = await evaluate({ a: { ...tinyAttack(12), epsilon: 0.45 } });
    // 0.05 a step from 0.1 to beyond 0.5: wrong at iterate 9, that is after nine updates
    expect(verdicts[0]).to.include({ brokenBy: 'a', brokenAtStep: 9 });
    expect(verdicts[2]).to.include({ brokenBy: 'a', brokenAtStep: 7 });
  });

  it('runs the parts of an attack one by one, without those that need more classes', async () => {
    const part = (id: string, attack: Attack): { id: string; attack: Attack } => ({ id, attack });
    const whole: Attack = {
      ...breaking([]),
      parts: [
        part('first', breaking([0])),
        part('many', { ...breaking([0, 2, 4]), leastClasses: 4 }),
        part('last', breaking([0, 2])),
      ],
    };
    const { attacks, verdicts } = await evaluate({ whole });
    expect(attacks[0]!.skipped).to.deep.equal(['many']);
    expect([0, 2, 4].map((index) => verdicts[index]!.brokenByPart)).to.deep.equal([
      'first',
      'last',
      undefined,
    ]);
  });

  it('does not reward an attack that happens to correct an error', async () => {
    const result = await evaluate({ a: breaking([9]) });
    expect(result.robustCorrect).to.deep.equal([5, 4, 0]);
  });

  it('says which classes attacked images become', async () => {
    const { confusion } = await evaluate({ a: breaking([0, 1]), b: breaking([]) });
    expect(confusion[0]).to.deep.equal([4, 2, 0]);
    expect(confusion[1]).to.deep.equal([1, 3, 0]);
  });

  it('does not depend on how the images are cut into batches', async () => {
    const attacks = { a: tinyAttack(3) };
    // how much padding there is does depend on it
    const { meanLoss, sampleSteps: _, ...whole } = await evaluate(attacks, flatBatches(10));
    const { meanLoss: again, sampleSteps: __, ...cut } = await evaluate(attacks, flatBatches(3));
    expect(cut).to.deep.equal(whole);
    expect(again[0]).to.be.closeTo(meanLoss[0]!, 1e-5);
  });

  it('stops when asked', async () => {
    const evaluator = createEvaluator({
      engine,
      model: tinyModel(),
      attacks: [{ id: 'a', attack: tinyAttack() }],
      objective: crossEntropyObjective,
      random: randomStream(0),
    });
    const controller = new AbortController();
    const stopped = evaluator.run(byBrightness(), tinyBatches(), {
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    expect(
      await stopped.then(
        () => 'ran to the end',
        (reason: Error) => reason.name,
      ),
    ).to.equal('AbortError');
    await evaluator.dispose();
  });
});
