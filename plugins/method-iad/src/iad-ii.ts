import { defineComponent, type Method } from '@ard/core';
import { z } from 'zod';
import { beginOption, exponentOption, teacherShareOption, temperatureOption } from './options.js';
import { twoTeachers } from './two-teachers.js';

export interface IadTwoOptions {
  readonly temperature: number;
  readonly teacherShare: number;
  readonly cleanTeacherShare: number;
  readonly begin: number;
  readonly exponent: number;
}

/** Introspective adversarial distillation with two teachers, IAD-II (Zhu et al., ICLR 2022); see {@link twoTeachers}. */
export function iadTwo({ begin, exponent, ...shared }: IadTwoOptions): Method {
  return twoTeachers('iad-ii', { ...shared, introspection: { begin, exponent } });
}

export const iadTwoComponent = defineComponent({
  kind: 'method',
  id: 'iad-ii',
  summary: 'Introspective adversarial distillation with two teachers, IAD-II (Zhu et al., ICLR 2022)',
  options: z.object({
    temperature: temperatureOption,
    teacherShare: teacherShareOption.default(0.5),
    cleanTeacherShare: teacherShareOption.default(0.25),
    begin: beginOption.default(40),
    exponent: exponentOption,
  }),
  create: iadTwo,
});
