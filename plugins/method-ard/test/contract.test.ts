import { methodContract } from '@ard/testkit';
import { ard } from '../src/ard.js';

methodContract({
  name: 'ard as released',
  create: () => ard({ temperature: 30, alpha: 1, classReduction: 'mean', attackMode: 'train' }),
});
methodContract({
  name: 'ard with both terms',
  create: () => ard({ temperature: 4, alpha: 0.9, classReduction: 'sum', attackMode: 'eval' }),
});
