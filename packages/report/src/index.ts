export { formatEpsilon } from './format-epsilon.js';
export { formatCount, formatPercent } from './format-number.js';
export { wilsonInterval } from './wilson-interval.js';
export { summariseClasses, type ClassSummary, type ClassRow } from './class-summary.js';
export { classTable, type ClassTableOptions } from './class-table.js';
export { htmlReport } from './html-report.js';
export type { EvaluationRecord, RunReport } from './run-report.js';
