import type { DownloadProgress } from '@ard/download';
import { Presets, SingleBar } from 'cli-progress';
import type { Output } from '../../output.js';

const megabyte = 1_000_000;

/** A bar of megabytes on standard error, on a terminal only. */
export function downloadProgress(
  output: Output,
  name: string,
): { show(state: DownloadProgress): void; stop(): void } {
  if (!output.progress || !process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  let bar: SingleBar | undefined;
  return {
    show({ received, total }) {
      if (!bar) {
        const format = `${name} {bar} {value}/{total} MB  {eta_formatted}`;
        bar = new SingleBar({ stream: process.stderr, hideCursor: true, format }, Presets.shades_classic);
        bar.start(Math.ceil((total ?? 0) / megabyte), 0);
      }
      bar.update(Math.floor(received / megabyte));
    },
    stop: () => bar?.stop(),
  };
}
