import { elementwise } from './elementwise.js';
import { matrices } from './matrices.js';
import type { OperatorTable } from './operator.js';
import { reductions } from './reductions.js';
import { shapes } from './shapes.js';
import { windows } from './windows.js';

/** Every operator that can be imported, by its name in ONNX. */
export const operators: OperatorTable = {
  ...elementwise,
  ...matrices,
  ...reductions,
  ...shapes,
  ...windows,
};

export const supportedOperators: readonly string[] = Object.keys(operators).sort();
