import { methodContract } from '@ard/testkit';
import { kd } from '../src/kd.js';

methodContract({ name: 'kd', create: () => kd({ temperature: 4, alpha: 0.9, classReduction: 'sum' }) });
methodContract({
  name: 'kd, distillation only',
  create: () => kd({ temperature: 1, alpha: 1, classReduction: 'mean' }),
});
