/** Reference of hash tables whose buckets hold so many items and no more. */
import { MASK, mix } from '../draws/draw.ts';

/** A bucket: the items that it holds, and how many it has seen. */
export interface FixedBucket {
  readonly items: number[];
  seen: number;
}

/**
 * Adds items, ids[i] to bucket codes[i], one after the other. A full bucket replaces its oldest item; or with `reservoir`
 * a random one, with probability capacity / n at its n-th item (Vitter 1985, algorithm R). Gives the state of the random
 * stream after it.
 */
export function feedBuckets(
  buckets: readonly FixedBucket[],
  capacity: number,
  ids: ArrayLike<number>,
  codes: ArrayLike<number>,
  reservoir: boolean,
  state: bigint,
): bigint {
  const random = (n: bigint): bigint => {
    for (;;) {
      state = (state + 0x9e3779b97f4a7c15n) & MASK;
      const product = (mix(state) >> 32n) * n;
      // Of the 2^32 fractions, so many are left out that n divides the rest (Lemire 2019).
      if ((product & 0xffffffffn) >= 2n ** 32n % n) return product >> 32n;
    }
  };
  Array.from(ids).forEach((id, i) => {
    const bucket = buckets[codes[i]];
    let place = bucket.seen % capacity;
    if (reservoir && bucket.seen >= capacity) place = Number(random(BigInt(bucket.seen + 1)));
    if (place < capacity) bucket.items[place] = id;
    bucket.seen++;
  });
  return state;
}
