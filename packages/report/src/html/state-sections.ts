import type { EpochFinished, PlainData } from '@ard/core';
import { classLines } from '../charts/class-lines.js';
import { classColours } from '../charts/colours.js';
import { epochLines } from '../charts/epoch-lines.js';
import { escapeHtml } from './escape-html.js';
import type { Section } from './page.js';

/** Values longer than this that do not belong to classes are no curves. */
const longestVector = 12;

/**
 * What the method and the strategy carried from epoch to epoch: balance weights, temperatures, multipliers, averages;
 * whatever numbers they keep, as far as these changed.
 */
export function stateSections(
  epochs: readonly EpochFinished[],
  classNames: readonly string[],
): readonly Section[] {
  return [
    ...section(
      'Running values of the method',
      epochs.map(({ methodState }) => methodState),
      classNames,
    ),
    ...section(
      'Running values of the strategy',
      epochs.map(({ strategyState }) => strategyState),
      classNames,
    ),
    ...section(
      'Weight average',
      epochs.map(({ averageUpdates: updates }) => (updates === undefined ? undefined : { updates })),
      classNames,
    ),
  ];
}

function section(
  title: string,
  states: readonly (PlainData | undefined)[],
  classNames: readonly string[],
): readonly Section[] {
  const perEpoch = states.map((state) => numbersIn(state, ''));
  const paths = [...new Set(perEpoch.flatMap((numbers) => [...numbers.keys()]))];
  const charts = paths.flatMap((path) => {
    const values = perEpoch.map((numbers) => numbers.get(path));
    const width = Math.max(...values.map((vector) => vector?.length ?? 0));
    const varies = new Set(values.map((vector) => JSON.stringify(vector))).size > 1;
    if (!varies || (width !== classNames.length && width > longestVector)) return [];
    const axis = { what: path };
    const chart =
      width === classNames.length
        ? classLines(classNames, values, axis)
        : epochLines(
            Array.from({ length: width }, (_, index) => ({
              name: width === 1 ? path : `${path} ${index}`,
              colour: classColours[index % classColours.length]!,
              values: values.map((vector) => vector?.[index]),
            })),
            axis,
          );
    return [`<h3>${escapeHtml(path)}</h3>${chart}`];
  });
  return charts.length === 0
    ? []
    : [{ title, body: `${charts.join('')}<p class="note">At the end of each epoch.</p>` }];
}

/** Numbers and vectors of plain data by their path: `multipliers.clean`. */
function numbersIn(data: PlainData | undefined, path: string): ReadonlyMap<string, readonly number[]> {
  if (typeof data === 'number') return new Map([[path, [data]]]);
  if (Array.isArray(data)) {
    const vector = data as readonly PlainData[];
    return new Map(
      vector.length > 0 && vector.every((value) => typeof value === 'number') ? [[path, vector]] : [],
    );
  }
  if (typeof data !== 'object' || data === null) return new Map();
  return new Map(
    Object.entries(data).flatMap(([key, value]) => [
      ...numbersIn(value as PlainData, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
