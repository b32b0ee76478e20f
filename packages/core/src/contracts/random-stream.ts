/**
 * Random numbers as a pure function of keys (seed, purpose, epoch, step …). There is no generator state: every
 * call of a method on one stream gives the same numbers, so derive a stream for each use. Runs resume exactly
 * because nothing has to be saved.
 */
export interface RandomStream {
  /** A stream of its own for a purpose: `random.derive('augment', epoch, step)`. */
  derive(...keys: readonly (string | number)[]): RandomStream;
  /** `count` numbers uniform in [low, high). */
  uniform(count: number, low?: number, high?: number): Float32Array;
  /** `count` numbers from a Gaussian. */
  normal(count: number, mean?: number, standardDeviation?: number): Float32Array;
  /** `count` integers uniform in [0, bound). */
  integers(count: number, bound: number): Int32Array;
  /** 0 … count-1 in random order. */
  permutation(count: number): Int32Array;
  /**
   * `[ids.length, columns]` numbers uniform in [low, high); row i depends on `ids[i]` only, so an example gets
   * the same noise however batches are cut.
   */
  uniformRows(ids: ArrayLike<number>, columns: number, low?: number, high?: number): Float32Array;
  /** As {@link uniformRows}, Gaussian with mean 0. */
  normalRows(ids: ArrayLike<number>, columns: number, standardDeviation?: number): Float32Array;
}
