export { batchNorm, type BatchNormStatistics, type BatchNormVariables } from './batch-norm.js';
