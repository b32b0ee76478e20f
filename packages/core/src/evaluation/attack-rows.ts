import type { Attack, PreparedAttack } from '../contracts/attack.js';
import type { HostArray } from '../contracts/nd-array.js';
import type { RandomStream } from '../contracts/random-stream.js';
import type { BatchSizes } from '../examples/batch-sizes.js';
import { rowsOf } from '../examples/rows-of.js';
import { hostArray } from '../nd-array.js';
import type { NetworkVictim } from '../training/victim.js';
import type { AttackFindings } from './attack-findings.js';
import type { Pool } from './pool.js';
import type { Predictions } from './predictor.js';
import { refuseEscaped } from './refuse-escaped.js';
import { rowsOfAttacked, runAttack } from './run-attack.js';

export interface AttackedRows {
  readonly id: string;
  readonly attack: Attack;
  readonly prepared: PreparedAttack;
  /** Places in the pool. */
  readonly rows: readonly number[];
  readonly pool: Pool;
  readonly random: RandomStream;
  readonly sizes: BatchSizes;
  readonly victim: NetworkVictim;
  predict(images: HostArray, labels: HostArray): Promise<Predictions>;
  readonly keepImages: boolean;
}

/** Attacks some images of a pool and asks the network, outside the attack, about what it returned. */
export async function attackRows(options: AttackedRows): Promise<Omit<AttackFindings, 'sampleSteps'>> {
  const { rows, pool, predict, keepImages } = options;
  const attacked = await rowsOfAttacked(pool, rows);
  const found = await runAttack(options, attacked, options);
  refuseEscaped(options.attack, options.id, attacked.images, found.images);
  const { classes, margins, loss } = await predict(found.images, attacked.labels);
  const wrong = rows.flatMap((_, place) => (classes[place] === attacked.labels.data[place] ? [] : [place]));
  const images = keepImages ? await rowsOf(found.images, wrong) : hostArray(new Float32Array(0), [0]);
  const holds = new Array<number>(rows.length).fill(0);
  if (keepImages && wrong.length > 0) {
    const rounded = (images.data as Float32Array).map((value) => Math.round(value * 255) / 255);
    const labels = await rowsOf(attacked.labels, wrong);
    const again = await predict(hostArray(rounded, images.shape), labels);
    wrong.forEach((place, at) => (holds[place] = again.classes[at] === labels.data[at] ? 0 : 1));
  }
  return {
    rows,
    predictions: [...classes],
    margins: [...margins],
    losses: [...loss],
    steps: found.steps.map((step) => step ?? -1),
    holdsIn8Bit: holds,
    images: images.data as Float32Array,
  };
}
