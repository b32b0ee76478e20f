import type { SiteAccuracy } from '../site.js';
import { bar, make, percent } from './dom.js';

/** One row per class with its accuracy on clean and on attacked test images; the weakest class is marked. */
export function accuracyRows(
  { clean, robust }: SiteAccuracy,
  classNames: readonly string[],
  label: number | undefined,
): HTMLElement[] {
  const decisive = (robust ?? clean).perClass;
  const least = Math.min(...decisive.map((accuracy) => accuracy ?? Infinity));
  const worst = decisive.indexOf(least);
  const cell = (accuracy: number | null | undefined): HTMLElement =>
    make('td', { class: 'number' }, typeof accuracy === 'number' ? percent(accuracy) : '–');
  return classNames.map((name, index) => {
    const [ofClean, ofRobust] = [clean.perClass[index], robust?.perClass[index]];
    const classes = [index === label ? 'label' : '', index === worst ? 'worst' : ''].join(' ').trim();
    return make(
      'tr',
      classes === '' ? {} : { class: classes },
      make('th', { scope: 'row' }, name, ...(index === worst ? [make('small', {}, ' weakest')] : [])),
      make('td', { class: 'bars' }, bar('clean', ofClean ?? 0), bar('robust', ofRobust ?? 0)),
      cell(ofClean),
      cell(ofRobust),
    );
  });
}

/** What was measured, in one sentence. */
export function accuracySource({ samples, clean, robust, attacks }: SiteAccuracy): string {
  const average = (accuracy: number | null): string => (accuracy === null ? '–' : percent(accuracy, 1));
  const onClean = `On ${samples.toLocaleString('en')} test images the student is right on ${average(clean.average)}`;
  return robust
    ? `${onClean}, and on ${average(robust.average)} when they are attacked: ${attacks.join('; ')}.`
    : `${onClean}.`;
}
