import type { StoredTensor, StoredTensors } from '../contracts/checkpoint-store.js';

/** What one attack did to some images of a pool: the unit of work that a stopped evaluation does not repeat. */
export interface AttackFindings {
  /** Places of the images in the pool. */
  readonly rows: readonly number[];
  /** Of the network on what the attack returned, one entry per row. */
  readonly predictions: readonly number[];
  readonly margins: readonly number[];
  readonly losses: readonly number[];
  /** Index of the iterate that broke it; −1 where that is unknown or there is none. */
  readonly steps: readonly number[];
  /** 1 where the image, rounded to 8 bits, still breaks its sample. */
  readonly holdsIn8Bit: readonly number[];
  /** The images of the rows that are broken, behind one another; empty when nobody wants them. */
  readonly images: Float32Array;
  /** Samples times compiled steps that it took. */
  readonly sampleSteps: number;
}

/** Where an evaluation keeps what it has found; absent entries are computed. */
export interface FindingsStore {
  /** @param unit names the pool and the attack: `2-0-apgd-ce` */
  load(unit: string): Promise<StoredTensors | undefined>;
  save(unit: string, findings: StoredTensors): Promise<void>;
}

const lists = ['rows', 'predictions', 'steps', 'holdsIn8Bit'] as const;
const floats = ['margins', 'losses'] as const;

/** Findings as tensors, nothing lost. */
export function storedFindings(findings: AttackFindings): StoredTensors {
  const tensor = (values: ArrayLike<number>, storage: StoredTensor['storage']): StoredTensor => ({
    shape: [values.length],
    data: values instanceof Float32Array ? values : Float32Array.from(values),
    storage,
  });
  return {
    tensors: {
      ...Object.fromEntries(lists.map((name) => [name, tensor(findings[name], 'int64')])),
      ...Object.fromEntries(floats.map((name) => [name, tensor(findings[name], 'float32')])),
      images: tensor(findings.images, 'float32'),
    },
    metadata: { 'ard.findings': '1', 'ard.sampleSteps': String(findings.sampleSteps) },
  };
}

/** The opposite of {@link storedFindings}. */
export function restoredFindings({ tensors, metadata }: StoredTensors): AttackFindings {
  const list = (name: string): number[] => Array.from(tensors[name]!.data);
  return {
    rows: list('rows'),
    predictions: list('predictions'),
    margins: list('margins'),
    losses: list('losses'),
    steps: list('steps'),
    holdsIn8Bit: list('holdsIn8Bit'),
    images: tensors.images!.data,
    sampleSteps: Number(metadata['ard.sampleSteps']),
  };
}
