/** Made-up inputs of kernels, as plain arrays, from a seed. */
import { randomStream } from '../src/index.ts';
import type { RandomStream } from '../src/index.ts';

export type Random = RandomStream;

export function randomOf(seed: number): Random {
  return randomStream(seed, 'test');
}

/** `n` up to the next multiple of 4: rows are padded with zeros to whole vectors. */
export function pad4(n: number): number {
  return Math.ceil(n / 4) * 4;
}

/** Floats from `low` to `high`, one in eight of them 0 where the range has it. */
export function floats(random: Random, length: number, low: number = -1, high: number = 1): Float32Array {
  const zero = low <= 0 && high >= 0;
  return Float32Array.from({ length }, () => {
    const value = low + (high - low) * random.uniform();
    return zero && random.integer(8) === 0 ? 0 : value;
  });
}

/** A rows x width matrix, its rows `stride` floats apart and padded with zeros. */
export function matrix(
  random: Random,
  rows: number,
  width: number,
  stride: number = pad4(width),
  low: number = -1,
  high: number = 1,
): Float32Array {
  const array = new Float32Array(rows * stride);
  for (let r = 0; r < rows; r++) array.set(floats(random, width, low, high), r * stride);
  return array;
}

/** Lists in compressed rows: list s is ids[offsets[s]] to ids[offsets[s + 1]]. */
export interface Lists {
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
}

/** `count` lists of distinct ids below `below`, each of 0 to `most` ids, in random order or ascending. */
export function lists(
  random: Random,
  count: number,
  below: number,
  most: number = below,
  ascending: boolean = false,
): Lists {
  const offsets = [0];
  const ids: number[] = [];
  for (let s = 0; s < count; s++) {
    const length = random.integer(Math.min(most, below) + 1);
    const all = Array.from({ length: below }, (_, id) => id);
    for (let i = 0; i < length; i++) {
      const j = i + random.integer(below - i);
      [all[i], all[j]] = [all[j], all[i]];
    }
    const list = all.slice(0, length);
    ids.push(...(ascending ? list.toSorted((a, b) => a - b) : list));
    offsets.push(ids.length);
  }
  return { offsets: Int32Array.from(offsets), ids: Int32Array.from(ids) };
}

/** Sparse vectors of `columns` columns, ids ascending. */
export function sparse(
  random: Random,
  count: number,
  columns: number,
  low: number = -1,
  high: number = 1,
): Lists & { readonly values: Float32Array } {
  const { offsets, ids } = lists(random, count, columns, columns, true);
  return { offsets, ids, values: floats(random, ids.length, low, high) };
}

/** `length` codes below `buckets`. */
export function codes(random: Random, length: number, buckets: number): Uint32Array {
  return Uint32Array.from({ length }, () => random.integer(buckets));
}
