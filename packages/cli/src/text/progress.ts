import type { EpochFinished, StepFinished } from '@ard/core';
import type { TrainingHooks } from '@ard/core/host';
import type { WaitingTime } from '@ard/data';
import { formatPercent } from '@ard/report';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Output } from '../output.js';
import { duration, timeLeft } from './duration.js';

export interface Progress {
  /** Leaves the terminal as it should be; safe to call twice. */
  stop(): void;
}

/**
 * Follows a training on standard error: bars for epochs and batches on a terminal, a line per epoch elsewhere,
 * nothing when the output is quiet.
 */
export function showProgress(
  events: TrainingHooks['events'],
  {
    title,
    output,
    epochTime,
  }: {
    readonly title: string;
    readonly output: Output;
    /** How long the steps of the last epoch took, and how much of that was waiting for images. */
    readonly epochTime: () => WaitingTime;
  },
): Progress {
  if (!output.progress) return { stop: () => undefined };
  return process.stderr.isTTY ? bars(events, title) : lines(events, title, output, epochTime);
}

function lines(
  events: TrainingHooks['events'],
  title: string,
  output: Output,
  epochTime: () => WaitingTime,
): Progress {
  let epochs = 0;
  let began = performance.now();
  events.on('start', (event) => {
    epochs = event.epochs;
    began = performance.now();
    if (event.from.epoch > 0 || event.from.step > 0) {
      const { epoch, step } = event.from;
      const where = step < event.stepsPerEpoch ? `, batch ${step + 1}` : ', with its evaluation';
      output.say(
        epoch < epochs
          ? `${title}: going on at epoch ${epoch + 1}${where}`
          : `${title}: all ${epochs} epochs are trained; evaluating`,
      );
    }
  });
  events.on('epoch', (event) => {
    const { seconds, waitedSeconds } = epochTime();
    output.say(
      `${title}: ${epochText(event, epochs)}, ${duration((performance.now() - began) / 1000)}` +
        ` (${formatPercent(waitedSeconds / seconds)} % waiting for data)`,
    );
  });
  events.on('warning', ({ message }) => output.say(`Warning: ${message}`));
  return { stop: () => undefined };
}

function bars(events: TrainingHooks['events'], title: string): Progress {
  const multi = new MultiBar(
    { stream: process.stderr, hideCursor: true, clearOnComplete: false, barsize: 20, fps: 5 },
    Presets.shades_classic,
  );
  const format = (name: string, unit: string): string =>
    `${name.padEnd(8)} ${unit} {bar} {value}/{total}  {text}`;
  let epochBar: SingleBar | undefined;
  let stepBar: SingleBar | undefined;
  let began = performance.now();
  let first = 0;
  events.on('start', ({ epochs, stepsPerEpoch, from }) => {
    began = performance.now();
    first = from.epoch * stepsPerEpoch + from.step;
    epochBar = multi.create(epochs, from.epoch, { text: '' }, { format: format(title, 'epoch') });
    stepBar = multi.create(stepsPerEpoch, from.step, { text: '' }, { format: format('', 'batch') });
  });
  events.on('step', (event) => {
    stepBar?.update(event.step + 1, { text: stepText(event) });
    const done = event.epoch * event.stepsPerEpoch + event.step + 1;
    const all = event.epochs * event.stepsPerEpoch;
    epochBar?.update(event.epoch, { text: timeLeft(performance.now() - began, done - first, all - first) });
  });
  events.on('evaluating', ({ done, total }) => stepBar?.update({ text: `evaluating ${done}/${total}` }));
  events.on('epoch', (event) => epochBar?.update(event.epoch + 1));
  events.on('warning', ({ message }) => multi.log(`Warning: ${message}\n`));
  return { stop: () => multi.stop() };
}

function stepText({ loss, cleanAccuracy, robustAccuracy }: StepFinished): string {
  const accuracy = (name: string, value: number | undefined): string =>
    value === undefined ? '' : `  ${name} ${formatPercent(value).padStart(5)} %`;
  return `loss ${loss.toFixed(4)}${accuracy('clean', cleanAccuracy)}${accuracy('robust', robustAccuracy)}`;
}

function epochText(event: EpochFinished, epochs: number): string {
  const { training, evaluation } = event;
  const mean = (values: readonly number[]): number => {
    const known = values.filter((value) => Number.isFinite(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const robust = mean(training.robustAccuracy);
  const measured =
    evaluation === undefined
      ? ''
      : `; test: clean ${formatPercent(evaluation.cleanAccuracy)} %, robust ${formatPercent(evaluation.robustAccuracy)} %` +
        `, worst class ${formatPercent(evaluation.worstClassRobustAccuracy)} %`;
  return (
    `epoch ${event.epoch + 1}/${epochs}, loss ${event.loss.toFixed(4)}` +
    `${Number.isNaN(robust) ? '' : `, robust ${formatPercent(robust)} %`}${measured}`
  );
}
