import { knobNames, type EpochFinished, type KnobName } from '@ard/core';
import { classLines } from '../charts/class-lines.js';
import type { Section } from './page.js';

/** What each class knob multiplies, in words. */
const meanings: Readonly<Record<KnobName, { readonly title: string; readonly of: string }>> = {
  lossWeight: { title: 'Class weights', of: 'the loss' },
  cleanWeight: { title: 'Class weights of clean terms', of: 'the loss on clean images' },
  robustWeight: { title: 'Class weights of robust terms', of: 'the loss on adversarial images' },
  epsilon: { title: 'Radius per class', of: 'the radius of the inner attack' },
  stepSize: { title: 'Step per class', of: 'the step of the inner attack' },
  beta: { title: 'Trade-off per class', of: 'the trade-off coefficient of the method' },
  temperature: { title: 'Temperature per class', of: "the temperature of the teacher's adversarial targets" },
  cleanTemperature: {
    title: 'Clean temperature per class',
    of: "the temperature of the teacher's clean targets",
  },
};

/** A chart for every class knob that was ever turned. */
export function knobSections(
  epochs: readonly EpochFinished[],
  classNames: readonly string[],
): readonly Section[] {
  return knobNames.flatMap((name) => {
    // runs of older versions may not know a knob
    const values = epochs.map(({ knobs }) => knobs[name] as readonly number[] | undefined);
    if (!values.flat().some((value) => value !== undefined && value !== 1)) return [];
    const { title, of } = meanings[name];
    return [
      {
        title,
        body:
          classLines(classNames, values, { what: `the class knob ${name}` }) +
          `<p class="note">Knob <code>${name}</code>: factor on ${of} for each class while the epoch was trained; ` +
          '1 changes nothing.</p>',
      },
    ];
  });
}
