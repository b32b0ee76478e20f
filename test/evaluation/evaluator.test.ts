import { expect } from 'chai';
import {
  hostArray,
  randomStream,
  type Attack,
  type BatchSource,
  type Engine,
  type Variables,
} from '@ard/core';
import { createEvaluator, type Evaluation } from '@ard/core/host';
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

/** Knows two classes by brightness: every parameter set by hand, so that every answer is known. */
function byBrightness(): Variables {
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
    'fc.bias': hostArray(Float32Array.of(5, -5, -100), [classes]),
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

  async function evaluate(attacks: Record<string, Attack>, batches = flatBatches(4)): Promise<Evaluation> {
    const evaluator = createEvaluator({
      engine,
      model: tinyModel(),
      attacks: Object.entries(attacks).map(([id, attack]) => ({ id, attack })),
      objective: crossEntropyObjective,
      random: randomStream(0),
    });
    try {
      return await evaluator.run(byBrightness(), batches);
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

  it("takes the worst case over attacks, image by image, and keeps each attack's own number", async () => {
    const result = await evaluate({ a: breaking([0]), b: breaking([2, 1]) });
    expect(result.attacks.map(({ id, correct }) => [id, correct])).to.deep.equal([
      ['a', [4, 4, 0]],
      ['b', [4, 3, 0]],
    ]);
    expect(result.robustCorrect).to.deep.equal([3, 3, 0]);
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
    const { meanLoss, ...whole } = await evaluate(attacks, flatBatches(10));
    const { meanLoss: again, ...cut } = await evaluate(attacks, flatBatches(3));
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
