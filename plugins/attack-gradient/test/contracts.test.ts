import { attackContract, objectiveContract } from '@ard/testkit';
import { fgsm } from '../src/fgsm.js';
import { crossEntropyObjective } from '../src/objectives/cross-entropy.js';
import { klToClean } from '../src/objectives/kl-to-clean.js';
import { klToTeacher } from '../src/objectives/kl-to-teacher.js';
import { marginObjective } from '../src/objectives/margin.js';
import { pgd, type PgdOptions } from '../src/pgd.js';

const options: PgdOptions = {
  epsilon: '8/255',
  steps: 10,
  stepSize: '2/255',
  start: 'uniform',
  startDeviation: 0.001,
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

objectiveContract({ name: 'cross-entropy', create: crossEntropyObjective });
objectiveContract({ name: 'kl-to-teacher', create: klToTeacher });
objectiveContract({ name: 'kl-to-clean', create: klToClean });
objectiveContract({ name: 'margin', create: () => marginObjective({ confidence: 50 }) });
