import type { EvaluationProgress } from '@ard/core';
import type { Output } from '../output.js';

/** Follows an evaluation on standard error: one line that changes on a terminal, a line per attack elsewhere. */
export function evaluationProgress(
  name: string,
  output: Output,
): { update(event: EvaluationProgress): void; stop(): void } {
  if (!output.progress) return { update: () => undefined, stop: () => undefined };
  const onTerminal = process.stderr.isTTY;
  let last = '';
  return {
    update({ done, total, attack, standing, stepsPerSecond = 0 }) {
      const speed = `${Math.round(stepsPerSecond).toLocaleString('en')} sample-steps/s`;
      const what = attack === '' ? '' : `, ${attack} on ${standing} images`;
      if (onTerminal) {
        process.stderr.write(`\r\u001b[K${name}: ${done}/${total} images${what}, ${speed}`);
        return;
      }
      const line = `${name}: ${done}/${total} images${what}`;
      if (line !== last) process.stderr.write(`${line}${stepsPerSecond > 0 ? `, ${speed}` : ''}\n`);
      last = line;
    },
    stop() {
      if (onTerminal) process.stderr.write('\r\u001b[K');
    },
  };
}
