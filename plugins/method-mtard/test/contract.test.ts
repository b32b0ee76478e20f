import { methodContract } from '@ard/testkit';
import { bMtard, bMtardComponent, type BMtardOptions } from '../src/b-mtard.js';
import { mtard, mtardComponent, type MtardOptions } from '../src/mtard.js';

const options = mtardComponent.options.parse({}) as unknown as MtardOptions;

methodContract({ name: 'mtard', create: () => mtard(options) });
methodContract({
  name: 'mtard with the target of the Fair-MTARD script',
  create: () => mtard({ ...options, cleanTeacherTarget: 'as-released' }),
});
methodContract({
  name: 'mtard on 100 classes, summed',
  classes: 100,
  create: () => mtard({ ...options, classReduction: 'sum' }),
});
methodContract({
  name: 'b-mtard',
  create: () => bMtard(bMtardComponent.options.parse({}) as unknown as BMtardOptions),
});
