import { ArdError } from '@ard/core';
import { formatEpsilon } from '../format-epsilon.js';
import { formatCount } from '../format-number.js';
import type { ComparedEvaluation } from './compare-evaluations.js';

/**
 * Refuses to compare evaluations that are not of the same images, saying how they differ: paired statistics of other
 * images mean nothing.
 *
 * @throws ArdError
 */
export function checkSameSamples(first: ComparedEvaluation, second: ComparedEvaluation): void {
  const difference = sampleDifference(first, second);
  if (difference === undefined) return;
  throw new ArdError(
    `${first.name} and ${second.name} were not evaluated on the same images: ${difference}.`,
    {
      remedy: 'Evaluate both with the same --dataset, --data-dir and --test-samples, then compare again.',
    },
  );
}

/**
 * Refuses to compare networks that were not attacked in the same way.
 *
 * @throws ArdError
 */
export function checkSameAttacks(first: ComparedEvaluation, second: ComparedEvaluation): void {
  const [one, other] = [attackText(first), attackText(second)];
  if (one === other) return;
  throw new ArdError(
    `${first.name} and ${second.name} were not attacked in the same way: ${one}; and ${other}.`,
    {
      remedy:
        'Evaluate both under the same attacks, or add --across-attacks if the attacks are what you compare.',
    },
  );
}

export function attackText({ attacks }: Pick<ComparedEvaluation, 'attacks'>): string {
  return attacks
    .map(({ description, epsilon }) =>
      description.includes('epsilon') ? description : `${description}, epsilon ${formatEpsilon(epsilon)}`,
    )
    .join(' and ');
}

function sampleDifference(first: ComparedEvaluation, second: ComparedEvaluation): string | undefined {
  const names = first.classNames.findIndex((name, index) => name !== second.classNames[index]);
  if (first.classNames.length !== second.classNames.length) {
    return `there are ${first.classNames.length} classes in one and ${second.classNames.length} in the other`;
  }
  if (names >= 0)
    return `class ${names} is ${first.classNames[names]} in one and ${second.classNames[names]} in the other`;
  if (first.verdicts.length !== second.verdicts.length) {
    return `${formatCount(first.verdicts.length)} images against ${formatCount(second.verdicts.length)}`;
  }
  if (
    first.testImages !== undefined &&
    second.testImages !== undefined &&
    first.testImages !== second.testImages
  ) {
    return `they come from other data (SHA-256 ${first.testImages.slice(0, 12)}… and ${second.testImages.slice(0, 12)}…)`;
  }
  const labels = new Map(second.verdicts.map(({ index, label }) => [index, label]));
  const missing = first.verdicts.filter(({ index }) => !labels.has(index));
  if (missing.length > 0) {
    return (
      `only ${formatCount(first.verdicts.length - missing.length)} of ${formatCount(first.verdicts.length)} images ` +
      `are in both; image ${missing[0]!.index} is only in ${first.name}`
    );
  }
  const other = first.verdicts.find(({ index, label }) => labels.get(index) !== label);
  return other === undefined
    ? undefined
    : `image ${other.index} is of class ${first.classNames[other.label]} in one and ` +
        `${first.classNames[labels.get(other.index)!]} in the other`;
}
