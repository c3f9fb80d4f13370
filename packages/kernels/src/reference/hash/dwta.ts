/** Reference of densified winner-take-all hashing (Chen and Shrivastava, UAI 2018). */

/** What all vectors are hashed with. */
export interface DwtaPlan {
  /** Bins of 2^binBits coordinates. */
  readonly binBits: number;
  /** Sub-codes in a code. */
  readonly perCode: number;
  readonly tables: number;
  /** How many codes are mixed into; 0 where they are not. */
  readonly buckets: number;
  /** Two random 64-bit integers, low words first. */
  readonly probes: Uint32Array;
}

/** Random bins that an empty one asks before it takes the next one that is not empty. */
const PROBES = 256;

/**
 * The codes of one vector. Bin b holds coordinates members[b * size] to members[(b + 1) * size], `size` being 2^binBits.
 * Its sub-code is the position of the largest coordinate that is not 0, the first of equal ones.
 */
export function hashDwta(x: ArrayLike<number>, members: Uint32Array, plan: DwtaPlan): Uint32Array {
  const size = 2 ** plan.binBits;
  const winners = Array.from({ length: plan.perCode * plan.tables }, (_, b) => {
    const bin = Array.from(members.subarray(b * size, (b + 1) * size), (member) => x[member] || -Infinity);
    const best = Math.max(...bin);
    return best === -Infinity ? -1 : bin.indexOf(best);
  });
  return codesOf(winners, plan);
}

/**
 * The codes of one sparse vector. Coordinate k stands at places entries[starts[k]] to entries[starts[k + 1]] of the bins,
 * place p being position p % size of bin p / size.
 */
export function hashDwtaSparse(
  ids: ArrayLike<number>,
  values: ArrayLike<number>,
  starts: Int32Array,
  entries: Uint32Array,
  plan: DwtaPlan,
): Uint32Array {
  const size = 2 ** plan.binBits;
  const bins = plan.perCode * plan.tables;
  const elements = new Float32Array(bins * size).fill(-Infinity);
  for (let i = 0; i < ids.length; i++) {
    for (const place of entries.subarray(starts[ids[i]], starts[ids[i] + 1])) {
      elements[place] = values[i] || -Infinity;
    }
  }
  const winners = Array.from({ length: bins }, (_, b) => {
    const bin = elements.subarray(b * size, (b + 1) * size);
    const best = Math.max(...bin);
    return best === -Infinity ? -1 : bin.indexOf(best);
  });
  return codesOf(winners, plan);
}

/** Codes of sub-codes, the first in the highest bits; -1 is an empty bin, and all are 0 where all bins are empty. */
function codesOf(winners: readonly number[], plan: DwtaPlan): Uint32Array {
  const { binBits, perCode, tables, buckets } = plan;
  const anyWinner = winners.some((winner) => winner >= 0);
  return Uint32Array.from({ length: tables }, (_, t) => {
    let code = 0;
    for (let j = 0; j < perCode; j++) {
      const bin = t * perCode + j;
      const winner = anyWinner ? winners[donorOf(bin, winners, plan)] : 0;
      code = (code << binBits) | winner;
    }
    return buckets > 0 ? fold(code, t, buckets) : code;
  });
}

/** The first bin of `bin`'s random sequence that is not empty: itself, if it is not. */
export function donorOf(
  bin: number,
  winners: readonly number[],
  { probes }: Pick<DwtaPlan, 'probes'>,
): number {
  const bins = BigInt(winners.length);
  const factor = BigInt(probes[0]) + (BigInt(probes[1]) << 32n);
  const addend = BigInt(probes[2]) + (BigInt(probes[3]) << 32n);
  let donor = bin;
  for (let probe = 1; probe <= PROBES && winners[donor] < 0; probe++) {
    // Multiply-shift hashing, which is 2-universal (Dietzfelbinger 1996), scaled to the bins.
    const key = BigInt(bin) + BigInt(probe) * bins;
    const high = ((factor * key + addend) >> 32n) & 0xffffffffn;
    donor = Number((high * bins) >> 32n);
  }
  while (winners[donor] < 0) donor = (donor + 1) % winners.length;
  return donor;
}

/** A code of table t mixed into 0 to buckets - 1 by the finalizer of MurmurHash3. */
export function fold(code: number, t: number, buckets: number): number {
  let h = code + Math.imul(t, 0x9e3779b9);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return Number((BigInt(h >>> 0) * BigInt(buckets)) >> 32n);
}
