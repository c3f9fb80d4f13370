/**
 * Reference of searching by signatures. What decides which vectors are scored is rounded to 32 bits step by step, as in the
 * kernel, so that both score the same ones.
 */
import { type BlockVector, type PlainBlock, type PlainBlocks, vectorAt } from './blocks.ts';
import { type Held, sortHeld, thinHeld } from './held.ts';
import type { BestList } from './scan.ts';
import { signSums, sumOf } from './sign-sums.ts';

const { fround, max, min, sqrt } = Math;

/** By how much a bound may be too low in 32-bit floats. */
const MORE = fround(1.00001);
/** Bands of so few blocks are visited in their order. */
const FEW = 4;

/** A query. */
export interface BlockQuery {
  /** `stride` floats: the query as it is, */
  readonly row: Float32Array;
  /** and rounded to integers of 14 bits, times the scale. */
  readonly integers: Int32Array;
  readonly scale: number;
  /** 1e-15 or more. */
  readonly length: number;
  /** 64 * words floats: the query under the rotation whose signs are the signatures. */
  readonly projection: Float32Array;
}

/** How to search. */
export interface BlockSearch {
  /** How many of the best are wanted. */
  readonly k: number;
  /** No more blocks are visited once so many vectors were. */
  readonly most: number;
  /** A signature tells a cosine with this standard deviation; of so many times that a vector may be better. */
  readonly deviation: number;
  readonly slack: number;
  /** Of so many times a block's spread one of its vectors may be better than its centre tells. */
  readonly reach: number;
  readonly threshold: number;
  /** A bit for each place; all are allowed where there are none. */
  readonly allowed?: Uint32Array | undefined;
}

/** The best, and the ids of the vectors that were scored to find them. */
export interface BlockSearchResult extends BestList {
  readonly scored: Uint32Array;
}

/**
 * The `k` best of the vectors that are scored: those of whose inner products more cannot be ruled out than the least of
 * what is held. `kept` are held, or some more while more come: the best by int8 copies, of which the best in float32 are given.
 */
export function searchBlocks(blocks: PlainBlocks, query: BlockQuery, search: BlockSearch): BlockSearchResult {
  const { k, most, slack, deviation, threshold, allowed } = search;
  const kept = k + Math.floor(k / 16) + 4;
  const sums = signSums(query.projection);
  const margin = fround(fround(slack) * fround(deviation));
  const lowest = fround(threshold * fround(threshold > 0 ? 0.99 : 1.01));
  let least = lowest;
  let seen = 0;
  let held: Held[] = [];
  const scored: number[] = [];
  const visit = (number: number): void => {
    const { longest, vectors } = blocks.blocks[number];
    const product = fround(longest * query.length);
    const wide = least <= 0 || product <= 0;
    const cut = wide ? 0 : fround(fround(fround(fround(least / product) - margin) * sums.one) + sums.zero);
    if (cut > sums.top) return;
    const promising = vectors.flatMap((vector, slot) => {
      const place = number * 256 + slot;
      const may = !allowed || (allowed[place >> 5] >> (place & 31)) & 1;
      return may && sumOf(sums, vector.signature) >= max(0, Math.floor(cut)) ? [{ vector, place }] : [];
    });
    for (const { vector, place } of promising) {
      scored.push(vector.id);
      const score = int8Score(vector, query);
      if (score >= least) held.push({ place, id: vector.id, score });
    }
    if (promising.length === 0 || held.length < 2 * kept) return;
    held = thinHeld(held, kept);
    if (held.length > kept + Math.floor(kept / 2)) held = sortHeld(held).slice(0, kept);
    least = max(lowest, min(...held.map(({ score }) => score)));
  };
  for (const band of blocks.bands) {
    if (seen >= most) break;
    const looks = band.length > FEW && least > -Infinity;
    const bounds = band.map((number) =>
      looks
        ? boundByCentre(blocks.blocks[number], query, search)
        : fround(fround(blocks.blocks[number].longest * query.length) * MORE),
    );
    const highest = max(0, ...bounds);
    // The better half of what the bounds span comes first.
    const half = band.length > FEW ? fround(fround(max(least, 0) + highest) * 0.5) : -Infinity;
    const order = [...band.keys()];
    const early = order.filter((each) => bounds[each] >= half);
    for (const i of [...early, ...order.filter((each) => bounds[each] < half)]) {
      // A band that has none of the best is left out as a whole.
      if (seen >= most && highest >= least) break;
      seen += blocks.blocks[band[i]].vectors.length;
      if (bounds[i] >= least) visit(band[i]);
    }
  }
  if (held.length > kept + Math.floor(kept / 4)) held = thinHeld(held, kept);
  if (blocks.rows) {
    held = held.map(({ place, id }) => ({ place, id, score: rowScore(vectorAt(blocks, place), query) }));
  }
  const best = sortHeld(held.filter(({ score }) => score >= threshold)).slice(0, k);
  return {
    ids: Uint32Array.from(best, ({ id }) => id),
    scores: Float32Array.from(best, ({ score }) => score),
    scored: Uint32Array.from(scored),
  };
}

/** How great an inner product with a vector of the block may be, going by its centre. */
function boundByCentre(block: PlainBlock, query: BlockQuery, { reach }: BlockSearch): number {
  const { longest, centreCodes, centreScale, alignment, spread } = block;
  const product = int8Score({ codes: centreCodes, scale: centreScale }, query);
  const along = fround(product / query.length);
  const across = fround(sqrt(max(0, fround(1 - fround(along * along)))));
  const cosine = fround(fround(alignment * along) + fround(fround(fround(reach) * spread) * across));
  const greatest = fround(fround(longest * query.length) * max(0, min(cosine, 1)));
  return fround(greatest * MORE);
}

/** The inner product of what codes and the query's integers stand for. */
export function int8Score({ codes, scale }: Pick<BlockVector, 'codes' | 'scale'>, query: BlockQuery): number {
  let product = 0;
  for (let j = 0; j < codes.length; j++) product += codes[j] * query.integers[j];
  return fround(fround(fround(product) * query.scale) * scale) + 0;
}

/** The inner product of the vector and the query. */
export function rowScore({ row }: BlockVector, query: BlockQuery): number {
  let product = 0;
  for (let j = 0; j < row.length; j++) product += row[j] * query.row[j];
  return fround(product) + 0;
}
