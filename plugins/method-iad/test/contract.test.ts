import { methodContract } from '@ard/testkit';
import { akd2, akd2Component, type Akd2Options } from '../src/akd2.js';
import { iadTwo, iadTwoComponent, type IadTwoOptions } from '../src/iad-ii.js';
import { iad, iadComponent, type IadOptions } from '../src/iad.js';

const one = iadComponent.options.parse({}) as unknown as IadOptions;
const two = iadTwoComponent.options.parse({}) as unknown as IadTwoOptions;

methodContract({ name: 'iad as released', create: () => iad(one) });
methodContract({
  name: 'iad with a label and a weighted teacher',
  create: () => iad({ ...one, alpha: 0.8, temperature: 4, iadTeacherWeight: 'alpha' }),
});
methodContract({
  name: 'iad as in Fair-IAD with a label',
  create: () => iad({ ...one, alpha: 0.8, labelTerm: 'adversarial-after-begin' }),
});
methodContract({ name: 'iad-ii', create: () => iadTwo(two) });
methodContract({
  name: 'akd2',
  create: () => akd2(akd2Component.options.parse({}) as unknown as Akd2Options),
});
