import type { RandomStream } from './contracts/random-stream.js';

type Key = readonly [number, number, number, number];

/**
 * The root stream of a seed. Numbers depend on the keys alone, never on the engine or on call order; seed 0 is a
 * seed like any other.
 *
 * Keys are hashed (MurmurHash3 finaliser, Appleby) to the 128-bit state of a xoshiro128** generator (Blackman
 * and Vigna 2018), which then runs for the length of one call.
 */
export function randomStream(seed: number): RandomStream {
  return stream(absorb([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef], `seed:${seed}`));
}

function stream(key: Key): RandomStream {
  return {
    derive: (...keys) =>
      stream(keys.reduce<Key>((state, part) => absorb(state, `${typeof part}:${part}`), key)),
    uniform: (count, low = 0, high = 1) =>
      fillUniform(new Float32Array(count), 0, count, generator(key), low, high),
    normal: (count, mean = 0, standardDeviation = 1) =>
      fillNormal(new Float32Array(count), 0, count, generator(key), mean, standardDeviation),
    integers: (count, bound) => {
      const next = generator(key);
      return Int32Array.from({ length: count }, () => integerBelow(next, bound));
    },
    permutation: (count) => shuffled(count, generator(key)),
    uniformRows: (ids, columns, low = 0, high = 1) =>
      rows(ids, columns, (out, from, id) =>
        fillUniform(out, from, from + columns, generator(withId(key, id)), low, high),
      ),
    normalRows: (ids, columns, standardDeviation = 1) =>
      rows(ids, columns, (out, from, id) =>
        fillNormal(out, from, from + columns, generator(withId(key, id)), 0, standardDeviation),
      ),
  };
}

function rows(
  ids: ArrayLike<number>,
  columns: number,
  fill: (out: Float32Array, from: number, id: number) => void,
): Float32Array {
  const out = new Float32Array(ids.length * columns);
  for (let row = 0; row < ids.length; row++) fill(out, row * columns, ids[row]!);
  return out;
}

/** Mixes text into the key, one character at a time into each of the four words. */
function absorb(key: Key, text: string): Key {
  let [a, b, c, d] = key;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 0x239b961b);
    b = c ^ Math.imul(b ^ code, 0xab0e9789);
    c = d ^ Math.imul(c ^ code, 0x38b34ae5);
    d = a ^ Math.imul(d ^ code, 0xa1e38b93);
  }
  const mixed = finalise(a ^ finalise(b ^ finalise(c ^ finalise(d))));
  return [
    finalise(a + mixed),
    finalise(b ^ mixed),
    finalise(c + (mixed << 1)),
    finalise(d ^ (mixed + 0x9e3779b9)),
  ];
}

function withId(key: Key, id: number): Key {
  const mixed = finalise(Math.imul(id + 1, 0x9e3779b1));
  return [
    key[0] ^ mixed,
    key[1] ^ finalise(mixed + 1),
    key[2] ^ finalise(mixed + 2),
    key[3] ^ finalise(mixed + 3),
  ];
}

function finalise(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** xoshiro128**: 32 random bits a call. */
function generator(key: Key): () => number {
  let [a, b, c, d] = key;
  if ((a | b | c | d) === 0) a = 1; // the one state the generator cannot leave
  return () => {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

function fillUniform(
  out: Float32Array,
  from: number,
  to: number,
  next: () => number,
  low: number,
  high: number,
): Float32Array {
  const width = (high - low) / 0x1000000;
  // 24 bits are all that float32 can hold; rounding may still reach `high`, which the interval excludes
  for (let i = from; i < to; i++) {
    out[i] = low + (next() >>> 8) * width;
    if (out[i]! >= high) out[i] = low;
  }
  return out;
}

/** Box-Muller: two Gaussians from two uniforms. */
function fillNormal(
  out: Float32Array,
  from: number,
  to: number,
  next: () => number,
  mean: number,
  standardDeviation: number,
): Float32Array {
  for (let i = from; i < to; i += 2) {
    const radius = standardDeviation * Math.sqrt(-2 * Math.log((next() + 1) / 0x100000000));
    const angle = (2 * Math.PI * next()) / 0x100000000;
    out[i] = mean + radius * Math.cos(angle);
    if (i + 1 < to) out[i + 1] = mean + radius * Math.sin(angle);
  }
  return out;
}

function integerBelow(next: () => number, bound: number): number {
  return Math.floor((next() / 0x100000000) * bound);
}

/** Fisher-Yates. */
function shuffled(count: number, next: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integerBelow(next, i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}
