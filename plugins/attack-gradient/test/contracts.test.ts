import { attackContract, objectiveContract } from '@ard/testkit';
import { cw } from '../src/cw.js';
import { fgsm } from '../src/fgsm.js';
import { friendlyPgd } from '../src/friendly-pgd.js';
import { miFgsm } from '../src/mi-fgsm.js';
import { crossEntropyObjective } from '../src/objectives/cross-entropy.js';
import { klToClean } from '../src/objectives/kl-to-clean.js';
import { klToTeacher } from '../src/objectives/kl-to-teacher.js';
import { marginObjective } from '../src/objectives/margin.js';
import { targetedObjective } from '../src/objectives/targeted.js';
import { pgd, type PgdOptions } from '../src/pgd.js';

const options: PgdOptions = {
  epsilon: '8/255',
  steps: 10,
  stepSize: '2/255',
  start: 'uniform',
  startDeviation: 0.001,
  norm: 'linf',
  restarts: 1,
  keep: 'last',
};
const row = { norm: 'linf', usesGradient: true } as const;

for (const start of ['uniform', 'uniform-clipped', 'gaussian'] as const) {
  const create = () => pgd({ ...options, stepSize: 0.05, start });
  attackContract({ ...row, name: `pgd, start ${start}`, stochastic: true, create });
}
attackContract({
  ...row,
  name: 'pgd, start none',
  stochastic: false,
  // reaches the edge of the ball with the last step only, so that the iterates differ
  create: () => pgd({ ...options, stepSize: 0.0032, start: 'none' }),
});
attackContract({
  ...row,
  name: 'fgsm',
  stochastic: false,
  create: () => fgsm({ epsilon: '8/255', start: 'none', startDeviation: 0.001 }),
});

attackContract({
  ...row,
  name: 'pgd in l2',
  norm: 'l2',
  stochastic: true,
  create: () => pgd({ ...options, norm: 'l2', epsilon: 0.5, stepSize: 0.1 }),
});
attackContract({
  ...row,
  name: 'pgd, three tries, best iterate',
  stochastic: true,
  updates: 5,
  create: () => pgd({ ...options, steps: 5, stepSize: 0.07, restarts: 3, keep: 'best' }),
});
attackContract({
  ...row,
  name: 'pgd, two tries, last iterate',
  stochastic: true,
  updates: 5,
  create: () => pgd({ ...options, steps: 5, stepSize: 0.07, restarts: 2 }),
});
attackContract({
  ...row,
  name: 'cw',
  stochastic: true,
  create: () => cw({ ...options, stepSize: 0.05, confidence: 50 }),
});
attackContract({
  ...row,
  name: 'mi-fgsm',
  stochastic: false,
  create: () =>
    miFgsm({
      epsilon: '8/255',
      norm: 'linf',
      steps: 10,
      decay: 1,
      start: 'none',
      startDeviation: 0.001,
      restarts: 1,
      keep: 'last',
    }),
});
attackContract({
  ...row,
  name: 'friendly-pgd that never stops early',
  stochastic: true,
  create: () => friendlyPgd({ ...options, stepSize: 0.05, extraSteps: 100, raiseAt: [] }),
});

for (const target of ['least-likely', 'second-best', 'next'] as const) {
  objectiveContract({ name: `targeted, ${target}`, create: () => targetedObjective({ target }) });
}
objectiveContract({ name: 'cross-entropy', create: crossEntropyObjective });
objectiveContract({ name: 'kl-to-teacher', create: klToTeacher });
objectiveContract({ name: 'kl-to-clean', create: klToClean });
objectiveContract({ name: 'margin', create: () => marginObjective({ confidence: 50 }) });
