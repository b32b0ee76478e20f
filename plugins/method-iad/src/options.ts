import { z } from 'zod';

/** Options that the methods of this plugin share. */

export const temperatureOption = z
  .number()
  .positive()
  .default(1)
  .describe('divides the logits of teacher and student, above 0; the loss carries its square');

export const beginOption = z
  .int()
  .min(0)
  .describe('first epoch, counted from 0, in which the student also learns from itself');

export const exponentOption = z
  .number()
  .min(0)
  .default(0.1)
  .describe(
    "exponent of the teacher's probability of the label, 0 or more: how fast trust falls; 0 is complete trust",
  );

export const teacherShareOption = z
  .number()
  .min(0)
  .max(1)
  .describe('share of this teacher, 0 to 1; the label has what both teachers leave');
