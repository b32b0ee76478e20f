import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArdError } from '../../errors.js';
import { fileError } from '../../file-error.js';

/** What an evaluation found out about one image: a line of `verdicts.jsonl`. */
export interface SampleVerdict {
  /** Of the image in its split. */
  readonly index: number;
  readonly label: number;
  readonly cleanPrediction: number;
  /** `z_label − max over other classes of z` on the clean image, in logits; below 0 where the network is wrong. */
  readonly cleanMargin: number;
  /**
   * On the image that broke it; on the image of smallest margin among those that the attacks returned, where none
   * broke it; the clean prediction where that was wrong already.
   */
  readonly attackedPrediction: number;
  readonly attackedMargin: number;
  /** The first attack that broke it, by id: `pgd:s`. Absent for images that are robust or wrong without attack. */
  readonly brokenBy?: string;
  /** The part of that attack, where it has parts: `apgd-ce` of `autoattack`. */
  readonly brokenByPart?: string;
  /**
   * Index of the first iterate that the network was wrong about, where the attack tells: 0 for its starting point.
   * The least number of steps, kappa, of the sample.
   */
  readonly brokenAtStep?: number;
  /** Every attack that breaks it on its own, when each was run on all images. */
  readonly brokenAlone?: readonly string[];
  /** Whether the image that broke it still does when it is rounded to 8 bits. */
  readonly breaksIn8Bit?: boolean;
}

export const verdictsFile = 'verdicts.jsonl';

/** The content of `verdicts.jsonl`, ordered by index; margins to the nine digits that tell float32 values apart. */
export function verdictLines(verdicts: readonly SampleVerdict[]): string {
  const digits = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;
  return [...verdicts]
    .sort((a, b) => a.index - b.index)
    .map((verdict) => `${JSON.stringify(verdict, digits)}\n`)
    .join('');
}

/**
 * Reads the verdicts of an evaluation.
 *
 * @param directory of one network's evaluation
 * @throws ArdError when there are none, or a line is damaged
 */
export function readVerdicts(directory: string): readonly SampleVerdict[] {
  const path = join(directory, verdictsFile);
  if (!existsSync(path)) {
    throw new ArdError(`${directory} holds no verdicts: ${verdictsFile} is missing.`, {
      remedy: `If the evaluation was stopped, finish it with \`ard evaluate --resume ${directory}\`.`,
    });
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError('read', path, error);
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, at) => parsedLine(line, `${path}, line ${at + 1}`));
}

function parsedLine(line: string, place: string): SampleVerdict {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ArdError(`${place} is not valid JSON.`, { cause });
  }
  const numbers = [
    'index',
    'label',
    'cleanPrediction',
    'cleanMargin',
    'attackedPrediction',
    'attackedMargin',
  ];
  const fields = value as Record<string, unknown>;
  const missing = numbers.find((name) => typeof fields[name] !== 'number');
  if (missing !== undefined) throw new ArdError(`${place} has no number "${missing}".`);
  return value as SampleVerdict;
}
