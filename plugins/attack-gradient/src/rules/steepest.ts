import type { StepRule } from './step-rule.js';

/** Straight up, without memory. */
export const steepest: StepRule = {
  start: () => ({}),
  advance: ({ gradient, ball }) => ({ move: ball.ascent(gradient), memory: {} }),
};
