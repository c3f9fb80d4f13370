// The units that a layer's input excites most, told from signatures: some hundred SimHash bits of each weight vector and of
// the input. How many of them differ tells the angle, and with the weights' norm the inner product up to the input's. All
// units are looked at, but at one is looked with a few words of bits instead of its weights.

/** Scores fall into so many bins; the ends are those of the largest norm along the input and against it. */
const BINS = 2048;

/** A float of this size has no fraction: what is added to it is rounded, and stands in its last bits, from -1,024 on. */
const ROUNDER: f32 = 12583936;

/** Scratch for nearestSignatures: for each of two queries a count for each bin, and the bin of each unit. */
export function nearestSignaturesScratchBytes(units: i32): i32 {
  return 2 * queryBytes(units);
}

// @ts-ignore: decorator
@inline
function queryBytes(units: i32): i32 {
  return (BINS << 2) + (((units << 1) + 3) & ~3);
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
  const second = scratch + <usize>queryBytes(units);
  let s = begin;
  // Two queries look at a signature while it is in registers.
  for (; s + 2 <= end; s += 2) {
    memory.fill(scratch, 0, BINS << 2);
    memory.fill(second, 0, BINS << 2);
    const query = queries + <usize>s * bytes;
    let signature = signatures;
    for (let u: usize = 0; u < <usize>units; u++, signature += bytes) {
      let d0: u64 = 0, d1: u64 = 0;
      let i: usize = 0;
      for (; i + 32 <= bytes; i += 32) {
        const at = signature + i, to0 = query + i, to1 = query + bytes + i;
        const a = load<u64>(at), b = load<u64>(at, 8), c = load<u64>(at, 16), d = load<u64>(at, 24);
        d0 += popcnt(a ^ load<u64>(to0)) + popcnt(b ^ load<u64>(to0, 8)) + popcnt(c ^ load<u64>(to0, 16))
          + popcnt(d ^ load<u64>(to0, 24));
        d1 += popcnt(a ^ load<u64>(to1)) + popcnt(b ^ load<u64>(to1, 8)) + popcnt(c ^ load<u64>(to1, 16))
          + popcnt(d ^ load<u64>(to1, 24));
      }
      for (; i < bytes; i += 8) {
        const word = load<u64>(signature + i);
        d0 += popcnt(word ^ load<u64>(query + i));
        d1 += popcnt(word ^ load<u64>(query + bytes + i));
      }
      const norm = load<f32>(norms + (u << 2));
      const bias: f32 = biases ? load<f32>(biases + (u << 2)) : 0;
      count(scratch, u, norm * load<f32>(cosines + (<usize>d0 << 2)) + bias);
      count(second, u, norm * load<f32>(cosines + (<usize>d1 << 2)) + bias);
    }
    takeHighest(ids + ((<usize>s * k) << 2), scratch, k);
    takeHighest(ids + ((<usize>(s + 1) * k) << 2), second, k);
  }
  if (s < end) {
    memory.fill(scratch, 0, BINS << 2);
    const query = queries + <usize>s * bytes;
    let signature = signatures;
    for (let u: usize = 0; u < <usize>units; u++, signature += bytes) {
      const d = distance(signature, query, bytes);
      const bias: f32 = biases ? load<f32>(biases + (u << 2)) : 0;
      count(scratch, u, load<f32>(norms + (u << 2)) * load<f32>(cosines + (<usize>d << 2)) + bias);
    }
    takeHighest(ids + ((<usize>s * k) << 2), scratch, k);
  }
}

/** Counts unit `u` in the bin of its score. */
// @ts-ignore: decorator
@inline
function count(counts: usize, u: usize, score: f32): void {
  const bin = <usize>(reinterpret<u32>(score + ROUNDER) & (BINS - 1));
  store<u16>(counts + (BINS << 2) + (u << 1), <u16>bin);
  const slot = counts + (bin << 2);
  store<i32>(slot, load<i32>(slot) + 1);
}

/** Writes the k units of the highest bins. */
function takeHighest(to: usize, counts: usize, k: i32): void {
  const bins = counts + (BINS << 2);
  let lowest: usize = BINS - 1;
  let room = k;
  while (lowest > 0 && room > load<i32>(counts + (lowest << 2))) {
    room -= load<i32>(counts + (lowest << 2));
    lowest--;
  }
  // All above that bin are taken, and the first `room` in it. Each unit is written, so that there is no branch to
  // mispredict, but a later one overwrites those that are not taken; the last may only be written where it is.
  const last = to + (<usize>k << 2);
  for (let u: usize = 0; to < last; u++) {
    const bin = <usize>load<u16>(bins + (u << 1));
    const equal = i32(bin == lowest) & i32(room > 0);
    store<u32>(to, <u32>u);
    room -= equal;
    to += <usize>(i32(bin > lowest) | equal) << 2;
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
