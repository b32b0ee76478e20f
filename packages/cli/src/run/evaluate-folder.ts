import { join } from 'node:path';
import { safetensorsStore } from '@ard/checkpoints';
import { ArdError, type Engine } from '@ard/core';
import {
  adversarialTensors,
  adversarialsFile,
  attackByName,
  composeEvaluation,
  createInstance,
  plainConfig,
  readAdversarials,
  recompute,
  runChecks,
  verdictLines,
  verdictsFile,
  writeAtomically,
  type CheckResult,
  type EvaluationHooks,
  type Recomputed,
  type ResolvedComponent,
} from '@ard/core/host';
import {
  classCsv,
  evaluationSummary,
  htmlReport,
  type EvaluationRecord,
  type EvaluationSummary,
} from '@ard/report';
import { epsilonCurve } from './epsilon-curve.js';
import { findingsStore, type NetworkFolder } from './evaluate-directory.js';
import { configuredEvaluator } from './evaluate-network.js';
import { exampleImages } from './example-images.js';
import { loadTest } from './load-data.js';
import { loadNetwork } from './load-network.js';
import { pluginsLock } from './plugins-lock.js';
import { pluginsOfEvaluation } from './used-plugins.js';
import { evaluationRecord } from './write-results.js';

/** A check, and whether somebody has waved its failure through. */
export interface JudgedCheck extends CheckResult {
  readonly accepted: boolean;
}

/** What is known about one network at the end. */
export interface EvaluatedNetwork {
  readonly network: NetworkFolder;
  readonly record: EvaluationRecord;
  readonly checks: readonly JudgedCheck[];
  readonly recomputed: Recomputed | undefined;
  /** Whether the robust accuracy stands without a remark. */
  readonly trusted: boolean;
  readonly speed: {
    readonly sampleSteps: number;
    readonly seconds: number;
    readonly sampleStepsPerSecond: number;
  };
  readonly summary: EvaluationSummary;
}

/** Evaluates one network and writes everything about it but its `summary.json`, which says that it is complete. */
export async function evaluateFolder(
  network: NetworkFolder,
  engine: Engine,
  { say, ...hooks }: Pick<EvaluationHooks, 'signal' | 'progress'> & { say(line: string): void },
): Promise<EvaluatedNetwork> {
  const { config, checkpoint, registry, folder } = network;
  const options = config.evaluation.values;
  const { student, dataset } = config.components;
  const images = await createInstance('dataset', dataset ?? missingDataset(checkpoint));
  const test = await loadTest(images, config.training.values.testSamples, options.batchSize);
  say(`${network.name}: test images: ${test.images.source}`);
  const { model, variables } = await loadNetwork(
    await createInstance('model', student!),
    checkpoint,
    test.images,
  );
  const composed = await composeEvaluation(config, registry);
  const evaluator = configuredEvaluator(engine, model, composed, options);
  const began = performance.now();
  try {
    const keepImages = options.saveAdversarials !== 'none';
    const evaluation = await evaluator.run(variables, test.batches, {
      ...hooks,
      keepImages,
      store: findingsStore(folder),
    });
    const seconds = (performance.now() - began) / 1000;
    const { adversarials, verdicts } = evaluation;
    writeAtomically(join(folder, verdictsFile), verdictLines(verdicts));
    if (adversarials) {
      const onlyFloat = new Set(
        verdicts.flatMap(({ index, breaksIn8Bit }) => (breaksIn8Bit === false ? [index] : [])),
      );
      await safetensorsStore.save(join(folder, adversarialsFile), {
        tensors: adversarialTensors(
          adversarials,
          (index) => options.saveAdversarials === 'float' || onlyFloat.has(index),
        ),
        metadata: { 'ard.adversarials': '1' },
      });
    }
    const saved = keepImages ? await readAdversarials(folder, safetensorsStore) : undefined;
    const recomputed =
      saved &&
      (await recompute(saved, verdicts, (images, labels) => evaluator.predict(variables, images, labels)));
    const checks = (
      await runChecks({
        engine,
        model,
        variables,
        evaluation,
        attacks: composed.attacks.map(({ attack }) => attack),
        batches: test.batches,
        samples: options.checkSamples,
        seed: options.seed,
        probe: ({ norm, epsilon, steps, stepSize, restarts }) =>
          attackByName(
            registry,
            'pgd',
            { norm, epsilon, steps, stepSize, restarts, keep: 'best' },
            'sanity checks',
          ),
      })
    ).map((check) => ({ ...check, accepted: !check.passed && options.accept.includes(check.id) }));
    const trusted =
      checks.every(({ passed, accepted }) => passed || accepted) && recomputed?.agrees !== false;
    const speed = {
      sampleSteps: evaluation.sampleSteps,
      seconds,
      sampleStepsPerSecond: seconds > 0 ? evaluation.sampleSteps / seconds : 0,
    };
    const curve = await epsilonCurve(evaluation, {
      engine,
      model,
      variables,
      evaluation: composed,
      options,
      test: test.images,
      ...(hooks.signal ? { signal: hooks.signal } : {}),
      say,
    });
    const examples = exampleImages(evaluation, test.images);
    const record: EvaluationRecord = {
      ...evaluationRecord(evaluation, test.images.classNames, { config }),
      remarks: [
        ...checks.flatMap(({ id, passed, accepted, finding }) =>
          passed || accepted ? [] : [`${id}: ${finding}.`],
        ),
        ...(recomputed?.agrees === false ? ['Accuracy recomputed from the saved images differs.'] : []),
      ],
      ...(curve ? { epsilonCurve: curve } : {}),
      ...(examples ? { examples } : {}),
    };
    const summary = evaluationSummary(record, {
      network: checkpoint,
      model: model.name,
      student: model.name,
      engine: engine.description,
      testImages: test.images.fingerprint,
      trusted,
      checks,
      recomputed,
      savedAdversarials: options.saveAdversarials,
      speed,
    });
    writeAtomically(join(folder, 'classes.csv'), classCsv(record));
    writeAtomically(
      join(folder, 'report.html'),
      await htmlReport({
        name: network.name,
        facts: {
          network: checkpoint,
          model: model.name,
          data: test.images.source,
          engine: engine.description,
        },
        config: plainConfig(config),
        plugins: pluginsLock(pluginsOfEvaluation(config, registry)).plugins,
        classNames: test.images.classNames,
        epochs: [],
        evaluation: record,
      }),
    );
    return { network, record, checks, recomputed, trusted, speed, summary };
  } finally {
    await evaluator.dispose();
  }
}

export function missingDataset(network: string): ResolvedComponent {
  throw new ArdError(`${network} does not say which images to evaluate on.`, {
    remedy: 'Add --dataset, such as --dataset cifar10 --data-dir cifar-10-batches-bin.',
  });
}
