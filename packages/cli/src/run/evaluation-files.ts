import { verdictLines, verdictsFile } from '@ard/core/host';
import { classCsv, evaluationSummary, htmlReport, type EvaluationRecord, type RunReport } from '@ard/report';

/**
 * The files that say what an evaluation found, by name.
 *
 * @param about what identifies it in `summary.json`: `student`, `engine`, `testImages` …
 * @param page what the report says besides
 */
export async function evaluationFiles(
  record: EvaluationRecord,
  about: Readonly<Record<string, unknown>>,
  page: Omit<RunReport, 'evaluation' | 'classNames'>,
): Promise<Readonly<Record<string, string>>> {
  return {
    [verdictsFile]: verdictLines(record.evaluation.verdicts),
    'classes.csv': classCsv(record),
    'summary.json': `${JSON.stringify(evaluationSummary(record, about), undefined, 2)}\n`,
    'report.html': await htmlReport({ ...page, classNames: record.classNames, evaluation: record }),
  };
}
