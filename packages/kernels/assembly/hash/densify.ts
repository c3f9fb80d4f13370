// Optimal densification (Shrivastava, ICML 2017): an empty bin takes what the first bin has that is not empty, in a random
// sequence of its own.

/** Random bins that an empty one asks before it takes the next one that is not empty. */
const PROBES: i32 = 256;

/**
 * Gives the empty bins of `filled`, a copy of the `count` words at `bins`, what donors have; empty ones have the highest bit
 * set, and not all are empty. `probes`: two random 64-bit integers. `empty` has room for `count` + 1 words. All that are still
 * empty ask at once, and who got nothing is listed again: so nothing is guessed, and guessed wrong, by the processor.
 */
export function densify(filled: usize, bins: usize, empty: usize, probes: usize, count: i32): void {
  let stop = empty;
  for (let b = 0; b < count; b++) {
    store<i32>(stop, b);
    stop += <usize>(load<u32>(bins + (<usize>b << 2)) >> 31) << 2;
  }
  const factor = load<u64>(probes);
  const turn = factor * <u64>count;
  let addend = load<u64>(probes, 8);
  for (let probe = 0; probe < PROBES && stop > empty; probe++) {
    addend += turn;
    let left = empty;
    for (let p = empty; p < stop; p += 4) {
      const b = load<u32>(p);
      // Multiply-shift hashing of b + probe * count, which is 2-universal (Dietzfelbinger 1996), scaled to the bins.
      const donor = <usize>((((addend + factor * <u64>b) >> 32) * <u64>count) >> 32);
      const value = load<u32>(bins + (donor << 2));
      store<u32>(filled + (<usize>b << 2), value);
      store<u32>(left, b);
      left += <usize>(value >> 31) << 2;
    }
    stop = left;
  }
  // Whoever is still empty takes from the next bin after the last one that it asked.
  for (let p = empty; p < stop; p += 4) {
    const b = load<u32>(p);
    let donor = <i32>((((addend + factor * <u64>b) >> 32) * <u64>count) >> 32);
    let value = -1;
    while (value < 0) {
      donor = donor + 1 == count ? 0 : donor + 1;
      value = load<i32>(bins + (<usize>donor << 2));
    }
    store<i32>(filled + (<usize>b << 2), value);
  }
}
