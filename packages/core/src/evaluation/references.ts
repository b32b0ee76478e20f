import type { Engine } from '../contracts/engine.js';
import type { HostArray } from '../contracts/nd-array.js';
import type { Objective } from '../contracts/objective.js';
import { createPredictor } from './predictor.js';
import type { BatchSizes } from '../examples/batch-sizes.js';
import type { NetworkWithValues } from '../training/victim.js';
import type { Pool } from './pool.js';

/** Logits that the objective of an evaluation compares with. */
export interface References {
  of(pool: Pool, cleanLogits: HostArray, sizes: BatchSizes): Promise<Readonly<Record<string, HostArray>>>;
  dispose(): Promise<void>;
}

/** @param teacher for objectives that compare with one */
export function createReferences(
  engine: Engine,
  objective: Objective,
  teacher: NetworkWithValues | undefined,
): References {
  const predictor = teacher && createPredictor(engine, teacher.model);
  return {
    async of(pool, studentCleanLogits, sizes) {
      const wanted = (name: (typeof objective.references)[number]): boolean =>
        objective.references.includes(name);
      return {
        ...(wanted('studentCleanLogits') ? { studentCleanLogits } : {}),
        ...(teacher && predictor && wanted('teacherCleanLogits')
          ? {
              teacherCleanLogits: (
                await predictor.predict(teacher.variables, pool.images, pool.labels, sizes)
              ).logits,
            }
          : {}),
      };
    },
    dispose: async () => {
      await predictor?.dispose();
    },
  };
}
