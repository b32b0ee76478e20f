import { arithmetic } from './arithmetic.js';
import { batchNormalisation } from './batch-norm.js';
import { comparisons } from './comparison.js';
import { convolutions } from './convolution.js';
import { creation } from './creation.js';
import { depthwiseConvolutions } from './depthwise.js';
import { indexing } from './indexing.js';
import type { LoweringTable } from './lowering.js';
import { matrices } from './matrices.js';
import { pooling } from './pooling.js';
import { rearranging } from './rearranging.js';
import { reductions } from './reductions.js';
import { resizing } from './resizing.js';
import { shapes } from './shape.js';
import { unaryKernels } from './unary.js';

/** Every tfjs kernel that the compiler knows. */
export const lowerings: LoweringTable = {
  ...arithmetic,
  ...unaryKernels,
  ...comparisons,
  ...reductions,
  ...shapes,
  ...rearranging,
  ...resizing,
  ...creation,
  ...indexing,
  ...matrices,
  ...convolutions,
  ...depthwiseConvolutions,
  ...pooling,
  ...batchNormalisation,
};

/** Their names, sorted. */
export const supportedKernels: readonly string[] = Object.keys(lowerings).sort();
