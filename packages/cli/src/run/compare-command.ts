import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError, fileError } from '@ard/core';
import { readVerdicts, writeAtomically } from '@ard/core/host';
import {
  checkSameAttacks,
  compareEvaluations,
  comparisonReport,
  comparisonTable,
  summarySchema,
  type ComparedEvaluation,
  type EvaluationSummary,
} from '@ard/report';
import { createOutput } from '../output.js';
import { terminal } from '../text/terminal.js';
import { isEvaluation } from './evaluate-directory.js';

export interface CompareFlags {
  readonly html?: string;
  readonly 'across-attacks'?: boolean;
  readonly resamples: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `ard compare`. */
export async function compareCommand(
  firstFolder: string,
  secondFolder: string,
  flags: CompareFlags,
): Promise<void> {
  const output = createOutput(flags);
  if (flags.html !== undefined && existsSync(flags.html)) {
    throw new ArdError(`${flags.html} exists already.`, {
      remedy: 'Name a new file, or move that one away.',
    });
  }
  const [first, second] = [readEvaluation(firstFolder), readEvaluation(secondFolder)];
  const { resamples, seed } = flags;
  const { ddof } = first.summary.robust;
  const comparison = compareEvaluations(first.compared, second.compared, { resamples, seed, ddof });
  if (flags['across-attacks'] !== true) checkSameAttacks(first.compared, second.compared);
  if (flags.html !== undefined) writeAtomically(flags.html, await comparisonReport(comparison));
  const written = flags.html === undefined ? '' : `\n\nPage: ${flags.html}`;
  output.result(`${comparisonTable(comparison, terminal())}${written}`, comparison);
}

/** What a run or an evaluation has left in its folder. */
function readEvaluation(folder: string): {
  readonly summary: EvaluationSummary;
  readonly compared: ComparedEvaluation;
} {
  const summary = readSummary(folder);
  const { classNames, attacks, testImages } = summary;
  const verdicts = readVerdicts(folder);
  if (verdicts.length !== summary.samples) {
    throw new ArdError(
      `${folder} is inconsistent: summary.json counts ${summary.samples} images, verdicts.jsonl ${verdicts.length}.`,
      { remedy: 'Evaluate the network again.' },
    );
  }
  return { summary, compared: { name: folder, classNames, attacks, testImages, verdicts } };
}

function readSummary(folder: string): EvaluationSummary {
  const file = join(folder, 'summary.json');
  if (!existsSync(file)) {
    throw new ArdError(`There is no finished run or evaluation in ${folder}: it holds no summary.json.`, {
      remedy: existsSync(join(folder, 'config.json'))
        ? `Finish it first: ard ${isEvaluation(folder) ? 'evaluate' : 'train'} --resume ${folder}`
        : 'Give the folder that ard train or ard evaluate printed.',
    });
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw fileError('read', file, error);
    throw new ArdError(`${file} is not valid JSON: ${error.message}`, { cause: error });
  }
  refuseSeveral(folder, content);
  const { success, data, error } = summarySchema.safeParse(content);
  if (success) return data;
  const [issue] = error.issues;
  throw new ArdError(
    `${file} is not the summary of an evaluation: ${issue!.path.join('.')}: ${issue!.message}.`,
    {
      remedy: 'It may come from another version of ard; evaluate the network again.',
    },
  );
}

/** The folder above those of several networks holds no verdicts. */
function refuseSeveral(folder: string, content: unknown): void {
  if (!Array.isArray((content as { networks?: unknown } | null)?.networks)) return;
  const own = join(folder, 'networks');
  const folders = existsSync(own) ? readdirSync(own).sort() : [];
  throw new ArdError(`${folder} is an evaluation of several networks; compare two of them.`, {
    remedy: `Such as: ard compare ${folders
      .slice(0, 2)
      .map((name) => join(own, name))
      .join(' ')}`,
  });
}
