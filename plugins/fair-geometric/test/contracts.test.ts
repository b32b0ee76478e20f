import { estimatorContract, strategyContract } from '@ard/testkit';
import { geometric } from '../src/geometric.js';
import { kappa } from '../src/kappa.js';

for (const mode of ['count', 'first'] as const) {
  for (const denominator of ['balanced', 'per-class'] as const) {
    estimatorContract({ name: `kappa, ${mode}, ${denominator}`, create: () => kappa({ mode, denominator }) });
  }
}

const released = { beta: 2, offset: 1e-5, minimum: '5/6', maximum: '5/2' } as const;
strategyContract({
  name: 'geometric',
  create: () => geometric({ ...released, clip: true, renormalise: false }),
});
strategyContract({
  name: 'geometric, unclipped',
  create: () => geometric({ ...released, clip: false, renormalise: false }),
});
strategyContract({
  name: 'geometric, renormalised',
  create: () => geometric({ ...released, clip: true, renormalise: true }),
});
