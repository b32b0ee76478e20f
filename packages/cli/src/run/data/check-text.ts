import { columns } from '../../text/columns.js';
import type { DataCheck } from './check-data.js';

/** More classes than this are summed up instead of listed. */
const mostListed = 30;

const states = {
  official: 'official',
  unpacked: 'official content, packed anew',
  differs: 'NOT the official file',
  missing: 'missing',
} as const;

/** The findings for people. */
export function checkText(check: DataCheck): string {
  const { dataset, directory, files, sources, problems } = check;
  const parts = [`${dataset} in ${directory}`];
  if (files.length > 0) {
    parts.push(
      columns(
        files.map(({ name, state }) => [name, states[state]]),
        '  ',
      ),
    );
  }
  parts.push(
    columns(
      (['train', 'test'] as const).map((split) => [split, sources[split] ?? 'cannot be loaded']),
      '  ',
    ),
  );
  if (check.comparison) parts.push(classText(check), duplicateText(check));
  parts.push(
    problems.length === 0
      ? 'Nothing is wrong.'
      : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n${problems.map((line) => `  ${line}`).join('\n')}`,
  );
  return parts.join('\n\n');
}

function classText({ classNames, comparison }: DataCheck): string {
  const { trainCounts, testCounts } = comparison!;
  if (classNames.length <= mostListed) {
    const rows = classNames.map((name, label) => [
      name,
      String(trainCounts[label]),
      String(testCounts[label]),
    ]);
    return columns([['class', 'train', 'test'], ...rows], '  ');
  }
  const range = (counts: readonly number[]): string => {
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    return least === most ? `${least} in each class` : `${least} to ${most} in a class`;
  };
  return columns(
    [
      ['classes', String(classNames.length)],
      ['train', range(trainCounts)],
      ['test', range(testCounts)],
    ],
    '  ',
  );
}

function duplicateText({ comparison }: DataCheck): string {
  const { duplicatesInTrain, duplicatesInTest, testInTrain, contradictions } = comparison!;
  return columns(
    [
      ['images there twice', `${duplicatesInTrain} in train, ${duplicatesInTest} in test`],
      ['test images also in train', String(testInTrain)],
      ['equal images, other label', String(contradictions)],
    ],
    '  ',
  );
}
