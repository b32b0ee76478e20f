import type { RunReport } from './run-report.js';
import { page } from './html/page.js';

/**
 * A page about a run: result, charts per class and over epochs, configuration. One file without scripts that loads
 * nothing; colours follow the reader's light or dark setting.
 */
export async function htmlReport(report: RunReport): Promise<string> {
  // charts take a while to load, and the table of the terminal does without
  const [{ evaluationSections }, { trainingSections }, { configSection }] = await Promise.all([
    import('./html/evaluation-sections.js'),
    import('./html/training-sections.js'),
    import('./html/config-section.js'),
  ]);
  return page(report.name, report.facts, [
    ...(report.evaluation ? evaluationSections(report.evaluation) : []),
    ...trainingSections(report.epochs, report.classNames),
    configSection(report.config, report.plugins),
  ]);
}
