export { formatEpsilon } from './format-epsilon.js';
export { formatCount, formatPercent } from './format-number.js';
export { wilsonInterval } from './statistics/wilson-interval.js';
export type { Interval, IntervalMethod } from './statistics/interval.js';
export { summariseClasses, type ClassSummary, type ClassRow } from './class-summary.js';
export { classTable, type ClassTableOptions } from './class-table.js';
export { htmlReport } from './html-report.js';
export type { EpsilonPoint, EvaluationRecord, ExampleImage, RunReport } from './run-report.js';
export { evaluationSummary, summarySchema, type EvaluationSummary } from './evaluation-summary.js';
export { classCsv } from './class-csv.js';
export {
  compareEvaluations,
  type ComparedEvaluation,
  type Comparison,
  type ComparisonOptions,
} from './comparison/compare-evaluations.js';
export { checkSameAttacks } from './comparison/check-same-samples.js';
export { comparisonTable } from './comparison/comparison-table.js';
export { comparisonReport } from './comparison/comparison-report.js';
export { plainTable } from './plain-table.js';
export { wrapped } from './wrapped.js';
