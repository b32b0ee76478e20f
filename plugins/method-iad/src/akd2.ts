import { defineComponent, type Method } from '@ard/core';
import { z } from 'zod';
import { teacherShareOption, temperatureOption } from './options.js';
import { twoTeachers } from './two-teachers.js';

export interface Akd2Options {
  readonly temperature: number;
  readonly teacherShare: number;
  readonly cleanTeacherShare: number;
}

/** AKD2 as IAD's repository runs it: the loss of IAD-II before its beginning, for all epochs; see {@link twoTeachers}. */
export function akd2(options: Akd2Options): Method {
  return twoTeachers('akd2', options);
}

export const akd2Component = defineComponent({
  kind: 'method',
  id: 'akd2',
  summary: "Distillation from a robust and a standard teacher, AKD2 of IAD's repository",
  options: z.object({
    temperature: temperatureOption,
    teacherShare: teacherShareOption.default(0.5),
    cleanTeacherShare: teacherShareOption.default(0.25),
  }),
  create: akd2,
});
