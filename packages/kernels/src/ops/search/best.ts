/** The best results of queries, in the records that searches keep them in; assembly/search/best.ts says what lies where. */

/** Bytes before the entries: how many there are, the least score that counts, and padding. */
const HEADER = 16;

/** Bytes of the record that a search keeps the `k` best of a query in. */
export function bestBytes(k: number): number {
  return HEADER + 8 * k;
}

/** What a search left in its record, best first. */
export interface Best {
  readonly length: number;
  score(i: number): number;
  id(i: number): number;
}

/** Reads the record of bestBytes(k) bytes that starts at byte `at` of `bytes`, at a multiple of 4 of the memory. */
export function readBest(bytes: Uint8Array, at: number): Best {
  const start = bytes.byteOffset + at;
  const [length = 0] = new Int32Array(bytes.buffer, start, 1);
  const scores = new Float32Array(bytes.buffer, start + HEADER, 2 * length);
  const ids = new Uint32Array(bytes.buffer, start + HEADER, 2 * length);
  return {
    length,
    score: (i) => scores[2 * i] as number,
    id: (i) => ids[2 * i + 1] as number,
  };
}

/** The k-th best score of such a record, between the calls of a search; -Infinity while there are fewer. */
export function leastOfBest(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at).getFloat32(4, true);
}
