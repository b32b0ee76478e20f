import { methodContract } from '@ard/testkit';
import { rslad } from '../src/rslad.js';

const options = { adversarialWeight: '5/6', cleanWeight: '1/6', cifar100Scale: 10 } as const;

methodContract({ name: 'rslad', create: () => rslad({ ...options, classReduction: 'mean' }) });
methodContract({
  name: 'rslad on 100 classes, summed',
  classes: 100,
  create: () => rslad({ ...options, classReduction: 'sum' }),
});
