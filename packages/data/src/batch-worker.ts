import { parentPort, workerData } from 'node:worker_threads';
import { preparePixels, type BatchRequest, type DecodedSet } from './prepare-pixels.js';

/** What runs in the threads that prepare batches: pixels of the one decoded set, nothing else. */
const decoded = workerData as DecodedSet;

parentPort!.on('message', ({ ticket, request }: { ticket: number; request: BatchRequest }) => {
  const pixels = preparePixels(decoded, request);
  parentPort!.postMessage({ ticket, pixels }, [pixels.buffer as ArrayBuffer]);
});
parentPort!.postMessage('ready');
