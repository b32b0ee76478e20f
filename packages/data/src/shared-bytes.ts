/**
 * Zeros that other threads can read without a copy: what readers put images into, so that the threads that prepare
 * batches see the one decoded set there is.
 */
export function sharedBytes(count: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(count));
}

/** The same bytes in shared memory; a copy only where they are not there already. */
export function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = sharedBytes(bytes.length);
  shared.set(bytes);
  return shared;
}
