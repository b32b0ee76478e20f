import { methodContract, objectiveContract } from '@ard/testkit';
import { adaIad, adaIadComponent, type AdaIadOptions } from '../src/ada-iad.js';
import { adaad } from '../src/adaad.js';
import { klToTeacherAtIterate } from '../src/kl-to-teacher-at-iterate.js';

const iadOptions = adaIadComponent.options.parse({}) as unknown as AdaIadOptions;

methodContract({ name: 'adaad', create: () => adaad({ adversarialWeight: 1, classReduction: 'mean' }) });
methodContract({
  name: 'adaad with a clean term',
  create: () => adaad({ adversarialWeight: '5/6', classReduction: 'sum' }),
});
methodContract({ name: 'ada-iad', create: () => adaIad(iadOptions) });
methodContract({ name: 'ada-iad with a label', create: () => adaIad({ ...iadOptions, alpha: 0.8 }) });
objectiveContract({ name: 'kl-to-teacher-at-iterate', create: klToTeacherAtIterate });
