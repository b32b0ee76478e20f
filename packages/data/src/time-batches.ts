import type { BatchSource } from '@ard/core';

/** How long something took, and how much of that training waited for images. */
export interface WaitingTime {
  readonly seconds: number;
  readonly waitedSeconds: number;
}

/** A source of batches that knows how long its user waited for them. */
export interface TimedBatches {
  readonly batches: BatchSource;
  /** The step that has just ended, from asking for its batch until now. */
  step(): WaitingTime;
  /** The steps since the last call. */
  epoch(): WaitingTime;
}

/** Watches the clock around `batch`; what is done between steps, such as evaluations, does not count. */
export function timeBatches(source: BatchSource): TimedBatches {
  let asked = performance.now();
  let waited = 0;
  let sums = { seconds: 0, waitedSeconds: 0 };
  return {
    batches: {
      ...source,
      async batch(epoch, step) {
        asked = performance.now();
        const batch = await source.batch(epoch, step);
        waited = performance.now() - asked;
        return batch;
      },
    },
    step() {
      const time = { seconds: (performance.now() - asked) / 1000, waitedSeconds: waited / 1000 };
      sums = {
        seconds: sums.seconds + time.seconds,
        waitedSeconds: sums.waitedSeconds + time.waitedSeconds,
      };
      return time;
    },
    epoch() {
      const time = sums;
      sums = { seconds: 0, waitedSeconds: 0 };
      return time;
    },
  };
}
