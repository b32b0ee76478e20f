export { batchNorm, type BatchNormStatistics, type BatchNormVariables } from './batch-norm.js';
export { countModules } from './count-modules.js';
export { conv2d, type Conv2dOptions, type SidePadding } from './conv2d.js';
export { flattenChannelsFirst } from './flatten-channels-first.js';
export { globalAveragePool } from './global-average-pool.js';
export {
  kaimingNormal,
  kaimingNormalFanOut,
  ones,
  uniformFanIn,
  zeros,
  type Initialiser,
} from './initialisers.js';
export * from './layer-builder.js';
export { linear } from './linear.js';
export { maxPool } from './max-pool.js';
export { normalisationOptions } from './normalisation-options.js';
export { normaliseImages } from './normalise-images.js';
export { swish } from './swish.js';
export { boostedCrossEntropy } from './losses/boosted-cross-entropy.js';
export { crossEntropy } from './losses/cross-entropy.js';
export { klDivergence, type KlDivergenceOptions } from './losses/kl-divergence.js';
export { margin } from './losses/margin.js';
export { negativeEntropy, type NegativeEntropyOptions } from './losses/negative-entropy.js';
export type { ClassReduction } from './losses/reduce-classes.js';
export {
  softLabelCrossEntropy,
  type SoftLabelCrossEntropyOptions,
} from './losses/soft-label-cross-entropy.js';
export { smoothLabels } from './losses/smooth-labels.js';
export { stopGradient } from './losses/stop-gradient.js';
export { teacherReliability } from './losses/teacher-reliability.js';
