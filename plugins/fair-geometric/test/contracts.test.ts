import { estimatorContract } from '@ard/testkit';
import { kappa } from '../src/kappa.js';

for (const mode of ['count', 'first'] as const) {
  for (const denominator of ['balanced', 'per-class'] as const) {
    estimatorContract({ name: `kappa, ${mode}, ${denominator}`, create: () => kappa({ mode, denominator }) });
  }
}
