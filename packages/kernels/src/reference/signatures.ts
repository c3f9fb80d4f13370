/** Reference of searching by signatures. */
import { type BestList, scanRows, type ScannedVectors } from './scan.ts';

/** Block b has rows b * size to b * size + counts[b]; `order` has `count` blocks, those of the longest vectors first. */
export interface SignedBlocks {
  readonly order: Int32Array;
  readonly count: number;
  readonly size: number;
  readonly counts: Int32Array;
  readonly longest: Float32Array;
  /** 2 * words u32 a row. */
  readonly signatures: Uint32Array;
  readonly words: number;
}

export interface SignatureSearch {
  readonly query: Float32Array;
  /** 2 * words */
  readonly signature: Uint32Array;
  /** How large the cosine may be where so many bits differ, descending. */
  readonly cosines: ArrayLike<number>;
  readonly k: number;
  /** No more blocks are visited once so many rows were read. */
  readonly most: number;
}

/**
 * Visits blocks in their order, and scores the rows of which length and signature promise the score of the last of the
 * `kept` best so far, or some more, which is known when twice as many are held. Here scores are exact where the kernel's are those of int8
 * copies: of the `kept` best by those, or some more, the kernel gives the `k` best.
 */
export function searchSignatures(
  vectors: ScannedVectors,
  blocks: SignedBlocks,
  { query, signature, cosines, k, most }: SignatureSearch,
): BestList & { readonly scored: number } {
  const { rows, stride } = vectors;
  const { size, words } = blocks;
  const kept = k + Math.floor(k / 16) + 4;
  const length = Math.hypot(...query);
  let held: Held[] = [];
  const keep = (): void => {
    held = held.toSorted((a, b) => b.score - a.score || a.row - b.row).slice(0, kept);
  };
  let [least, read, scored] = [-Infinity, 0, 0];
  for (const block of blocks.order.subarray(0, blocks.count)) {
    const longest = blocks.longest[block] * length;
    if (read >= most || longest < least) break;
    read += blocks.counts[block];
    for (let row = block * size; row < block * size + blocks.counts[block]; row++) {
      let differing = 0;
      for (let w = 0; w < 2 * words; w++) {
        differing += ones(blocks.signatures[row * 2 * words + w] ^ signature[w]);
      }
      if (longest * cosines[differing] < least) continue;
      scored++;
      let score = 0;
      for (let j = 0; j < stride; j++) score += rows[row * stride + j] * query[j];
      score = Math.fround(score) + 0;
      if (score >= least) held.push({ row, score });
    }
    if (held.length < 2 * kept) continue;
    held = thin(held, kept);
    if (held.length > kept + Math.floor(kept / 2)) keep();
    least = Math.min(...held.map(({ score }) => score));
  }
  if (held.length > kept + Math.floor(kept / 4)) held = thin(held, kept);
  const found = held.map(({ row }) => row);
  const chosen = Float32Array.from(
    found.flatMap((row) => [...rows.subarray(row * stride, (row + 1) * stride)]),
  );
  const ids = Uint32Array.from(found, (row) => vectors.ids[row]);
  return { ...scanRows({ rows: chosen, stride, ids }, query, k), scored };
}

interface Held {
  readonly row: number;
  readonly score: number;
}

/**
 * Those whose scores reach that of a bin, of equal width in the order of floats, in which the `kept`-th greatest lies: the
 * best, and some more, at a fraction of what sorting costs.
 */
function thin(held: readonly Held[], kept: number): Held[] {
  const orders = held.map(({ score }) => order(score));
  const [least, most] = [Math.min(...orders), Math.max(...orders)];
  const width = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, most - least))) - 8);
  const counts = new Map<number, number>();
  for (const place of orders) {
    const bin = Math.floor((place - least) / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  let cut = 512;
  for (let room = kept; room > 0;) room -= counts.get(--cut) ?? 0;
  return held.filter((_, i) => orders[i] >= least + cut * width);
}

/** The place of a 32-bit float among all of them. */
function order(score: number): number {
  const [bits] = new Int32Array(Float32Array.of(score).buffer);
  return bits >= 0 ? bits : -(bits & 0x7fffffff) - 1;
}

/** The number of bits that are 1. */
function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest > 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
