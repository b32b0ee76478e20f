import { attackContract } from '@ard/testkit';
import { apgd, type ApgdOptions } from '../src/apgd/apgd.js';
import { autoattack, type AutoAttackOptions } from '../src/autoattack.js';
import { fab, type FabOptions } from '../src/fab/fab.js';
import { square, type SquareOptions } from '../src/square/square.js';

const apgdOptions: ApgdOptions = {
  epsilon: '8/255',
  norm: 'linf',
  loss: 'ce',
  iterations: 8,
  restarts: 1,
  targets: 4,
  gradientSamples: 1,
  start: 'boundary',
  stopWhenBroken: false,
  batchSize: 0,
};
const fabOptions: FabOptions = {
  epsilon: 0.4,
  norm: 'linf',
  targeted: true,
  iterations: 6,
  restarts: 1,
  targets: 4,
  stopWhenBroken: false,
  batchSize: 0,
};
const squareOptions: SquareOptions = {
  epsilon: '8/255',
  norm: 'linf',
  queries: 12,
  initialShare: 0.8,
  rescaleSchedule: false,
  restarts: 1,
  stopWhenBroken: false,
  batchSize: 0,
};
const everything: AutoAttackOptions = {
  epsilon: 0.1,
  norm: 'linf',
  // the first one's images stay where none breaks; Square's differ from seed to seed
  attacks: ['square', 'apgd-ce', 'apgd-dlr', 'apgd-t', 'fab', 'fab-t'],
  iterations: 3,
  restarts: 1,
  targets: 4,
  queries: 10,
  rescaleSchedule: false,
  gradientSamples: 1,
  batchSize: 0,
};
const gradient = { usesGradient: true, stochastic: true, norm: 'linf' } as const;

for (const loss of ['ce', 'dlr', 'dlr-targeted'] as const) {
  attackContract({ ...gradient, name: `apgd, ${loss}`, create: () => apgd({ ...apgdOptions, loss }) });
}
attackContract({
  ...gradient,
  name: 'apgd, l2',
  norm: 'l2',
  create: () => apgd({ ...apgdOptions, norm: 'l2', epsilon: 0.5, iterations: 10 }),
});
attackContract({
  ...gradient,
  name: 'apgd, three restarts',
  create: () => apgd({ ...apgdOptions, iterations: 5, restarts: 3 }),
});
attackContract({
  ...gradient,
  name: 'apgd, gradients averaged',
  create: () => apgd({ ...apgdOptions, iterations: 5, gradientSamples: 3 }),
});
for (const norm of ['linf', 'l2'] as const) {
  attackContract({
    ...gradient,
    name: `fab, ${norm}`,
    norm,
    stochastic: false,
    searches: 'boundary',
    create: () => fab({ ...fabOptions, norm, epsilon: norm === 'linf' ? 0.4 : 2 }),
  });
}
attackContract({
  ...gradient,
  name: 'fab, untargeted, two tries, until broken',
  searches: 'boundary',
  mayStopEarly: true,
  stochastic: false,
  create: () => fab({ ...fabOptions, targeted: false, restarts: 2, stopWhenBroken: true }),
});
attackContract({
  name: 'square',
  norm: 'linf',
  usesGradient: false,
  stochastic: true,
  create: () => square(squareOptions),
});
attackContract({
  name: 'square, l2',
  norm: 'l2',
  usesGradient: false,
  stochastic: true,
  create: () => square({ ...squareOptions, norm: 'l2', epsilon: 0.5 }),
});
attackContract({
  ...gradient,
  name: 'autoattack of all members',
  searches: 'boundary',
  mayStopEarly: true,
  create: () => autoattack(everything),
});
