import { sanityChecks } from '@ard/core/host';
import { ArdError } from '@ard/core';
import { classTable, formatPercent, plainTable, wrapped } from '@ard/report';
import { terminal } from '../text/terminal.js';
import type { EvaluatedNetwork, JudgedCheck } from './evaluate-folder.js';

const lineWidth = 80;

/** The result for one network: its table, and what is to be said about its number. */
export function networkText({ record, ...rest }: EvaluatedNetwork, title: string | undefined): string {
  const table = classTable(record, terminal());
  return [...(title === undefined ? [] : [title]), table, '', ...remarks({ record, ...rest })].join('\n');
}

/** One row per network, in the order in which they were named. */
export function networksTable(evaluated: readonly EvaluatedNetwork[]): string {
  const attacks = evaluated[0]!.record.evaluation.attacks;
  const nameWidth = Math.max(8, ...evaluated.map(({ network }) => network.name.length)) + 2;
  const widths = attacks.map(({ id }) => Math.max(9, id.length + 2));
  const table = plainTable([nameWidth, 8, ...widths, 9, 9, 3], attacks.length + 4);
  table.push(['network', 'clean', ...attacks.map(({ id }) => id), 'robust', 'worst', '']);
  for (const { network, record, summary, trusted } of evaluated) {
    const { count } = record.evaluation;
    const left = record.evaluation.attacks.map(({ correct }) =>
      formatPercent(correct.reduce((sum, value) => sum + value, 0) / count),
    );
    table.push([
      network.name,
      formatPercent(summary.clean.average ?? NaN),
      ...left,
      formatPercent(summary.robust.average ?? NaN),
      formatPercent(summary.robust.worst.accuracy ?? NaN),
      trusted ? '' : ' !',
    ]);
  }
  const alone = attacks.every((attack) => attack.alone);
  const legend =
    attacks.length === 1
      ? []
      : [
          alone
            ? 'Columns of attacks: right under that attack alone.'
            : 'Columns of attacks: right under that attack and those before it.',
        ];
  const marked = evaluated.some(({ trusted }) => !trusted)
    ? ['! marks a robust accuracy that checks speak against; see above.']
    : [];
  return [table.toString().replace(/ +$/gm, ''), '', ...legend, ...marked].join('\n').trimEnd();
}

function remarks({ checks, recomputed, trusted, speed }: EvaluatedNetwork): string[] {
  const failed = checks.filter(({ passed }) => !passed);
  const open = failed.filter(({ accepted }) => !accepted);
  const steps = Math.round(speed.sampleSteps).toLocaleString('en');
  const perSecond = Math.round(speed.sampleStepsPerSecond).toLocaleString('en');
  return [
    ...(trusted ? [] : ['! The robust accuracy above is not to be trusted:']),
    ...open.flatMap(failedText),
    ...(recomputed === undefined
      ? []
      : recomputed.agrees
        ? [recomputedText(recomputed.robustAccuracy, recomputed.unbrokenBy8Bit)]
        : wrapped(
            `! Recomputed from the saved images it is ${formatPercent(recomputed.robustAccuracy)} %:` +
              ` ${recomputed.disagreeing.length} samples disagree.`,
            lineWidth,
          )),
    ...failed.filter(({ accepted }) => accepted).map(({ id, finding }) => `Accepted: ${id}: ${finding}.`),
    ...(checks.length === 0
      ? ['Sanity checks: none were made.']
      : [`Sanity checks: ${checks.length - failed.length} of ${checks.length} passed.`]),
    `Speed: ${perSecond} sample-steps per second (${steps} in ${speed.seconds.toFixed(1)} s).`,
  ];
}

function recomputedText(robust: number, onlyFloat: number): string {
  const float = onlyFloat === 0 ? '' : `, ${onlyFloat} kept in float because rounding undoes them`;
  return `Recomputed from the saved images: ${formatPercent(robust)} % robust, as above${float}.`;
}

function failedText({ id, finding }: JudgedCheck): readonly string[] {
  return wrapped(`! ${id}: ${finding}. (--accept ${id} records that you looked into it.)`, lineWidth);
}

/** @throws ArdError for a check that does not exist */
export function refuseUnknownChecks(accepted: readonly string[]): void {
  const known = sanityChecks.map(({ id }) => id);
  const unknown = accepted.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  throw new ArdError(`--accept ${unknown}: there is no such check.`, {
    remedy: `Checks: ${known.join(', ')}.`,
  });
}
