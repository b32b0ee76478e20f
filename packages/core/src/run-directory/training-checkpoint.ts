import type { StoredTensor, StoredTensors } from '../contracts/checkpoint-store.js';
import type { NdArray } from '../contracts/nd-array.js';
import { ArdError } from '../errors.js';
import { hostArray } from '../nd-array.js';
import type { TrainingProgress, TrainingState } from '../training/training-state.js';

/** Format of the training checkpoint; raised when an older reader would misunderstand a newer file. */
const version = '1';

/** Everything of a training in one file, so that one rename makes it durable as a whole. */
export async function storeState(state: TrainingState, metricsBytes: number): Promise<StoredTensors> {
  const tensors: Record<string, StoredTensor> = {};
  const parts = {
    parameters: state.student.parameters,
    statistics: state.student.statistics,
    optimizer: state.optimizer,
    methodState: state.methodState,
    ...(state.average
      ? { averageParameters: state.average.parameters, averageStatistics: state.average.statistics }
      : {}),
  };
  for (const [part, arrays] of Object.entries(parts)) {
    for (const [name, array] of Object.entries(arrays)) {
      const data = (await array.read()) as Float32Array;
      tensors[`${part}/${name}`] = { shape: array.shape, data, storage: 'float32' };
    }
  }
  return {
    tensors,
    metadata: {
      'ard.checkpoint': version,
      'ard.progress': JSON.stringify(state.progress),
      'ard.metricsBytes': String(metricsBytes),
    },
  };
}

export function restoreState(
  stored: StoredTensors,
  path: string,
): { state: TrainingState; metricsBytes: number } {
  const found = stored.metadata['ard.checkpoint'];
  if (found !== version) {
    throw new ArdError(`${path} is not a training checkpoint of this version (found ${found ?? 'none'}).`, {
      remedy: 'Resume with the version of ard that wrote it.',
    });
  }
  const part = (prefix: string): Record<string, NdArray> =>
    Object.fromEntries(
      Object.entries(stored.tensors)
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, { data, shape }]) => [name.slice(prefix.length + 1), hostArray(data, shape)]),
    );
  const progress = JSON.parse(stored.metadata['ard.progress']!) as TrainingProgress;
  const average = { parameters: part('averageParameters'), statistics: part('averageStatistics') };
  return {
    state: {
      student: { parameters: part('parameters'), statistics: part('statistics') },
      optimizer: part('optimizer'),
      methodState: part('methodState'),
      ...(progress.averageUpdates > 0 ? { average } : {}),
      progress,
    },
    metricsBytes: Number(stored.metadata['ard.metricsBytes']),
  };
}
