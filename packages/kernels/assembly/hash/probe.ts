// Multi-probe hashing (Lv et al., VLDB 2007): the codes that a near vector has most likely, after the vector's own. A code
// consists of sub-codes, each of which may be replaced by others at a score, which says how far the vector would have to
// move. The best codes are those with the least sums of scores, and they are found exactly: the best list for the first
// sub-codes is merged with itself, at the score of each replacement of the next one. Of equal scores that comes first
// which replaces less.
//
// A list is of (f32 score, u32 code) pairs, scores ascending; scratch holds three of them.

/** Bytes of scratch that probeSigns, probeCells and probePolytopes need for each thread. */
export function probeScratchBytes(probes: i32): i32 {
  return probes * 24;
}

// The lists of the table at hand. Globals belong to a thread, unlike memory.
/** Codes without replacements of the sub-code at hand. */
let base: usize = 0;
let baseLength: i32 = 0;
/** Those and codes with them. */
let merged: usize = 0;
let mergedLength: i32 = 0;
/** Where the next merged list goes: never the base. */
let spare: usize = 0;
let spareAfter: usize = 0;

/** Starts with the vector's own code. */
function startWith(code: u32, scratch: usize, probes: i32): void {
  base = merged = scratch;
  baseLength = mergedLength = 1;
  spare = scratch + <usize>probes * 8;
  spareAfter = scratch + <usize>probes * 16;
  store<f32>(base, 0);
  store<u32>(base, code, 4);
}

/** What was merged is the base of what comes. */
function nextSubCode(): void {
  if (merged == base) return;
  const freed = base;
  base = merged;
  baseLength = mergedLength;
  spareAfter = freed;
}

/** Merges the base's codes, `mask` changed in each, at the score. False if they are all too late to be among `probes`. */
function replace(score: f32, mask: u32, probes: i32): boolean {
  if (mergedLength == probes) {
    if (load<f32>(merged + (<usize>(probes - 1) << 3)) <= score + load<f32>(base)) return false;
  }
  let a = merged;
  let b = base;
  const aStop = a + (<usize>mergedLength << 3);
  const bStop = b + (<usize>baseLength << 3);
  const to = spare;
  const length = min(probes, mergedLength + baseLength);
  const stop = to + (<usize>length << 3);
  for (let p = to; p < stop; p += 8) {
    const replaced: f32 = b < bStop ? load<f32>(b) + score : Infinity;
    if (a < aStop && (b == bStop || load<f32>(a) <= replaced)) {
      store<u64>(p, load<u64>(a));
      a += 8;
    } else {
      store<f32>(p, replaced);
      store<u32>(p, load<u32>(b, 4) ^ mask, 4);
      b += 8;
    }
  }
  const free = merged == base ? spareAfter : merged;
  merged = to;
  mergedLength = length;
  spare = free;
  return true;
}

/** Writes the codes that were found, `step` bytes apart. */
function storeProbes(to: usize, step: usize): void {
  for (let i = 0; i < mergedLength; i++) {
    store<u32>(to, load<u32>(merged + (<usize>i << 3), 4));
    to += step;
  }
}

/** How far a margin is from 0, as a share of the largest, squared. Any scale of the vector gives the same. */
// @ts-ignore: decorator
@inline
function scoreOf(margin: f32, largest: f32): f32 {
  const share = largest > 0 ? margin / largest : 0;
  return share * share;
}

/**
 * SimHash: code p of table t of sample s goes to codes[(t * probes + p) * codeStride + s], p below `probes` <= 2^bits.
 * Replacing bit j costs the square of its projection. That of bit j of table t is at projections[s * stride + first +
 * t * tableStep + j * bitStep].
 */
export function probeSigns(
  codes: usize, codeStride: i32, probes: i32, projections: usize, stride: i32, first: i32, tableStep: i32, bitStep: i32,
  bits: i32, tables: i32, begin: i32, end: i32, scratch: usize,
): void {
  const step = <usize>codeStride << 2;
  for (let s = begin; s < end; s++) {
    let to = codes + (<usize>s << 2);
    for (let t = 0; t < tables; t++) {
      const from = projections + ((<usize>s * stride + first + t * tableStep) << 2);
      let code: u32 = 0;
      let largest: f32 = 0;
      for (let j = 0; j < bits; j++) {
        const x = load<f32>(from + (<usize>(j * bitStep) << 2));
        if (x >= 0) code |= 1 << j;
        largest = max(largest, abs(x));
      }
      startWith(code, scratch, probes);
      for (let j = 0; j < bits; j++) {
        replace(scoreOf(load<f32>(from + (<usize>(j * bitStep) << 2)), largest), 1 << j, probes);
        nextSubCode();
      }
      storeProbes(to, step);
      to += step * probes;
    }
  }
}

/**
 * Cells (see cells.ts): a cell may be replaced by its two neighbours (by the nearer one, if there are two cells), each at
 * the square of the distance to it. `probes` is at most as many codes as that gives.
 */
export function probeCells(
  codes: usize, codeStride: i32, probes: i32, projections: usize, stride: i32, offsets: usize, hashes: i32, cellBits: i32,
  tables: i32, begin: i32, end: i32, scratch: usize,
): void {
  const step = <usize>codeStride << 2;
  const mask = (1 << cellBits) - 1;
  for (let s = begin; s < end; s++) {
    let to = codes + (<usize>s << 2);
    let from = projections + ((<usize>s * stride) << 2);
    let offset = offsets;
    for (let t = 0; t < tables; t++) {
      let code: u32 = 0;
      for (let j: usize = 0; j < <usize>hashes << 2; j += 4) {
        const cell = <i32>Mathf.floor(load<f32>(from + j) + load<f32>(offset + j));
        code = (code << cellBits) | (cell & mask);
      }
      startWith(code, scratch, probes);
      for (let j = 0; j < hashes; j++) {
        const x = load<f32>(from + (<usize>j << 2)) + load<f32>(offset + (<usize>j << 2));
        const above = x - Mathf.floor(x);
        const below: f32 = 1 - above;
        const shift = cellBits * (hashes - 1 - j);
        const cell = (code >> shift) & mask;
        const down = (cell ^ ((cell - 1) & mask)) << shift;
        const up = (cell ^ ((cell + 1) & mask)) << shift;
        if (above <= below) {
          replace(above * above, down, probes);
          if (cellBits > 1) replace(below * below, up, probes);
        } else {
          replace(below * below, up, probes);
          if (cellBits > 1) replace(above * above, down, probes);
        }
        nextSubCode();
      }
      storeProbes(to, step);
      to += step * probes;
      from += <usize>hashes << 2;
      offset += <usize>hashes << 2;
    }
  }
}

/**
 * Cross-polytopes (see polytope.ts): a corner may be replaced by every other, at the square of how much less the vector
 * reaches in its direction. `projections` has the outputs in the order in which hashPolytopes takes them.
 */
export function probePolytopes(
  codes: usize, codeStride: i32, probes: i32, projections: usize, stride: i32, sizeLog2: i32, bits: i32, tables: i32,
  begin: i32, end: i32, scratch: usize,
): void {
  const step = <usize>codeStride << 2;
  const whole = sizeLog2 + 1;
  for (let s = begin; s < end; s++) {
    const row = projections + ((<usize>s * stride) << 2);
    let to = codes + (<usize>s << 2);
    for (let t = 0; t < tables; t++) {
      let code: u32 = 0;
      let largest: f32 = 0;
      for (let left = bits; left > 0; ) {
        const each = min(left, whole);
        const from = polytope(row, bits - left, each, whole, tables, t);
        left -= each;
        const corner = cornerAfter(from, each - 1, Infinity, -1);
        code = (code << each) | (<u32>corner & ((1 << each) - 1));
        largest = max(largest, reach);
      }
      startWith(code, scratch, probes);
      for (let left = bits; left > 0; ) {
        const each = min(left, whole);
        const from = polytope(row, bits - left, each, whole, tables, t);
        left -= each;
        const own = cornerAfter(from, each - 1, Infinity, -1);
        const most = reach;
        let last = order;
        for (let n = (1 << each) - 1; n > 0; n--) {
          const corner = cornerAfter(from, each - 1, reach, last);
          last = order;
          if (!replace(scoreOf(most - reach, largest), <u32>(own ^ corner) << left, probes)) break;
        }
        nextSubCode();
      }
      storeProbes(to, step);
      to += step * probes;
    }
  }
}

/** The outputs of table t's polytope that starts at bit `done` of the code, all before it being whole. */
// @ts-ignore: decorator
@inline
function polytope(row: usize, done: i32, each: i32, whole: i32, tables: i32, t: i32): usize {
  const before = (done / whole) * tables << (whole - 1);
  return row + (<usize>(before + (t << (each - 1))) << 2);
}

/** How far the vector reaches in the direction of the corner that cornerAfter gave last, and which one that is: 2 i + sign. */
let reach: f32 = 0;
let order: i32 = 0;

/** The corner of the largest reach after the one of `most` and `last`, of equal ones the first: i, or 2^log2 + i for -. */
function cornerAfter(from: usize, log2: i32, most: f32, last: i32): i32 {
  let best: f32 = -Infinity;
  let winner = 0;
  for (let i = 0; i < 1 << log2; i++) {
    const y = load<f32>(from + (<usize>i << 2));
    for (let sign = 0; sign < 2; sign++) {
      const each = sign ? -y : y;
      const place = 2 * i + sign;
      if (each > best && (each < most || (each == most && place > last))) {
        best = each;
        winner = place;
      }
    }
  }
  reach = best;
  order = winner;
  return (winner >> 1) + ((winner & 1) << log2);
}
