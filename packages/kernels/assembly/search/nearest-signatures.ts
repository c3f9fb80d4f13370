// The units that a layer's input excites most, told from signatures: some hundred SimHash bits of each weight vector and of
// the input. How many of them differ tells the angle, and with the weights' norm the inner product up to the input's. All
// units are looked at, but at one is looked with a few words of bits instead of its weights.

/** Scores fall into so many bins; the ends are those of the largest norm along the input and against it. */
const BINS = 2048;

/** A float of this size has no fraction: what is added to it is rounded, and stands in its last bits, from -1,024 on. */
const ROUNDER: f32 = 12583936;

/** Scratch for nearestSignatures: a count for each bin, and the bin of each unit. */
export function nearestSignaturesScratchBytes(units: i32): i32 {
  return (BINS << 2) + (units << 1);
}

/**
 * ids[s * k]... = the k of `units` units with the highest scores for query s, ascending, for queries begin..end. A
 * signature has `words` words of 64 bits. The score of a unit whose signature differs in d bits is norms[unit] *
 * cosines[d] + biases[unit] (0 for none), from -1,023 to 1,023, rounded; among equal scores the lower units are taken.
 */
export function nearestSignatures(
  ids: usize, signatures: usize, queries: usize, norms: usize, cosines: usize, biases: usize, words: i32, units: i32, k: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const bytes = <usize>words << 3;
  const bins = scratch + (BINS << 2);
  for (let s = begin; s < end; s++) {
    memory.fill(scratch, 0, BINS << 2);
    const query = queries + <usize>s * bytes;
    let signature = signatures;
    for (let u: usize = 0; u < <usize>units; u++, signature += bytes) {
      const d = distance(signature, query, bytes);
      let score = load<f32>(norms + (u << 2)) * load<f32>(cosines + (<usize>d << 2));
      if (biases) score += load<f32>(biases + (u << 2));
      const bin = <usize>(reinterpret<u32>(score + ROUNDER) & (BINS - 1));
      store<u16>(bins + (u << 1), <u16>bin);
      const slot = scratch + (bin << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
    let lowest: usize = BINS - 1;
    let room = k;
    while (lowest > 0 && room > load<i32>(scratch + (lowest << 2))) {
      room -= load<i32>(scratch + (lowest << 2));
      lowest--;
    }
    // All above that bin are taken, and the first `room` in it. Each unit is written, so that there is no branch to
    // mispredict, but a later one overwrites those that are not taken; the last may only be written where it is.
    let to = ids + ((<usize>s * k) << 2);
    const last = to + (<usize>k << 2);
    for (let u: usize = 0; to < last; u++) {
      const bin = <usize>load<u16>(bins + (u << 1));
      const equal = i32(bin == lowest) & i32(room > 0);
      store<u32>(to, <u32>u);
      room -= equal;
      to += <usize>(i32(bin > lowest) | equal) << 2;
    }
  }
}

// @ts-ignore: decorator
@inline
function distance(a: usize, b: usize, bytes: usize): u64 {
  let total: u64 = 0;
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    total += different(a + i, b + i, 0) + different(a + i, b + i, 8) + different(a + i, b + i, 16)
      + different(a + i, b + i, 24) + different(a + i, b + i, 32) + different(a + i, b + i, 40)
      + different(a + i, b + i, 48) + different(a + i, b + i, 56);
  }
  for (; i < bytes; i += 8) total += different(a + i, b + i, 0);
  return total;
}

// @ts-ignore: decorator
@inline
function different(a: usize, b: usize, offset: usize): u64 {
  return popcnt(load<u64>(a + offset) ^ load<u64>(b + offset));
}
