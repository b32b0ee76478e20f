import { methodContract } from '@ard/testkit';
import { friendlyAt } from '../src/friendly-at.js';
import { gairat } from '../src/gairat.js';
import { gairatWeightings } from '../src/gairat-weights.js';
import { mart } from '../src/mart.js';
import { pgdAt } from '../src/pgd-at.js';
import { standard } from '../src/standard.js';
import { trades } from '../src/trades.js';

methodContract({ name: 'trades', create: () => trades({ beta: 6, detachTarget: false }) });
methodContract({ name: 'trades, target detached', create: () => trades({ beta: 6, detachTarget: true }) });
methodContract({ name: 'pgd-at', create: () => pgdAt({ attackMode: 'train' }) });
methodContract({ name: 'standard', create: standard });
methodContract({ name: 'friendly-at', create: friendlyAt });
methodContract({ name: 'mart', create: () => mart({ beta: 5 }) });
for (const weighting of gairatWeightings) {
  methodContract({
    name: `gairat, ${weighting}`,
    create: () => gairat({ weighting, lambda: -1, begin: 60 }),
  });
}
