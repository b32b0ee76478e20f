import { Worker } from 'node:worker_threads';
import { ArdError } from '@ard/core';
import type { BatchRequest, DecodedSet } from './prepare-pixels.js';

/** Threads that prepare batches. */
export interface BatchWorkers {
  /** Whether one has started; until then the caller is faster by itself. */
  readonly ready: boolean;
  /** @throws ArdError when a thread has died */
  prepare(request: BatchRequest): Promise<Float32Array>;
  close(): Promise<void>;
}

interface Pending {
  resolve(pixels: Float32Array): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  ready: boolean;
}

/**
 * Starts threads over a set in shared memory. Only what a batch consists of travels: its ids and random numbers there,
 * its pixels back, without a copy. The threads keep no process alive and end with it, however it ends.
 *
 * @param count at least 1
 * @param entry the module that they run; for tests
 */
export function startBatchWorkers(
  count: number,
  decoded: DecodedSet,
  entry: URL = new URL('./batch-worker.js', import.meta.url),
): BatchWorkers {
  let failure: Error | undefined;
  let closing = false;
  let tickets = 0;

  const fail = (reason: string, cause?: unknown): void => {
    if (closing) return;
    failure ??= new ArdError(`A thread that prepares batches has ended: ${reason}.`, {
      remedy:
        'Go on from the last checkpoint (ard train --resume); with --set training.dataWorkers=0 a new run needs no such threads.',
      cause,
    });
    for (const { pending } of threads) {
      for (const { reject } of pending.values()) reject(failure);
      pending.clear();
    }
  };

  const threads = Array.from({ length: count }, (): Thread => {
    const worker = new Worker(entry, { workerData: decoded, execArgv: [] });
    const thread: Thread = { worker, pending: new Map(), ready: false };
    worker.on('message', (message: 'ready' | { ticket: number; pixels: Float32Array }) => {
      if (message === 'ready') {
        thread.ready = true;
        return;
      }
      thread.pending.get(message.ticket)?.resolve(message.pixels);
      thread.pending.delete(message.ticket);
      if (thread.pending.size === 0) worker.unref();
    });
    worker.on('error', (error) => fail(error.message, error));
    worker.on('exit', (code) => fail(`exit code ${code}`));
    worker.unref();
    return thread;
  });

  return {
    get ready() {
      return failure !== undefined || threads.some((thread) => thread.ready);
    },
    prepare(request) {
      if (failure) return Promise.reject(failure);
      const started = threads.filter((thread) => thread.ready);
      const { worker, pending } = (started.length > 0 ? started : threads).reduce((least, thread) =>
        thread.pending.size < least.pending.size ? thread : least,
      );
      const ticket = tickets++;
      return new Promise((resolve, reject) => {
        pending.set(ticket, { resolve, reject });
        worker.ref(); // somebody waits for it
        worker.postMessage({ ticket, request });
      });
    },
    async close() {
      closing = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
