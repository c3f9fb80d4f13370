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
/** What rounding in 32-bit floats may do to a score, for lengths of 1. */
const ROUNDING = fround(1e-5);
/** So many vectors are scored at a time. */
const WAITING = 32;
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
  /** The length of what rounding left out, times the greatest length of codes. */
  readonly missed: number;
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
 * The `k` best of the vectors that are scored: those that signatures and centres do not rule out to be among them. Some more are
 * held while more come, by the scores of their int8 copies and by what their own can be.
 */
export function searchBlocks(blocks: PlainBlocks, query: BlockQuery, search: BlockSearch): BlockSearchResult {
  const { k, most, slack, deviation, threshold, allowed } = search;
  const full = 2 * k + 32;
  const sums = signSums(query.projection);
  const margin = fround(fround(slack) * fround(deviation));
  const { length, missed } = query;
  const half = fround(fround(0.5 * fround(sqrt(blocks.stride))) * length);
  const perFactor = blocks.rows ? fround(fround(missed) + half) : 0;
  const rounding = blocks.rows ? fround(ROUNDING * length) : 0;
  let least = threshold;
  let seen = 0;
  let held: Held[] = [];
  const scored: number[] = [];
  /** Those that are to be scored, once there are enough of them. */
  let waiting: { readonly vector: BlockVector; readonly place: number }[] = [];
  /** Takes those of a block whose sums reach `cut`, but not `below`. */
  const take = (number: number, cut: number, below: number, early: boolean): void => {
    const { vectors } = blocks.blocks[number];
    const promising = vectors.flatMap((vector, slot) => {
      const place = number * 256 + slot;
      const may = !allowed || (allowed[place >> 5] >> (place & 31)) & 1;
      const sum = sumOf(sums, vector.signature);
      return may && sum >= cut && sum < below ? [{ vector, place }] : [];
    });
    scored.push(...promising.map(({ vector }) => vector.id));
    waiting.push(...promising);
    if (waiting.length < WAITING && least > -Infinity && !early) return;
    scoreWaiting();
    if (held.length < full && !(early && held.length > k)) return;
    const thin = thinHeld(held, k);
    held = thin.held;
    least = max(least, thin.least);
    if (held.length < full) return;
    held = sortHeld(exactly(held)).slice(0, k);
    least = max(least, min(...held.map(({ score: own }) => own)));
  };
  const scoreWaiting = (): void => {
    for (const { vector, place } of waiting) {
      const own = int8Score(vector, query);
      const error = fround(fround(vector.scale * perFactor) + fround(rounding * vector.length));
      const highest = fround(own + error);
      if (highest >= least) held.push({ place, id: vector.id, score: own, highest });
    }
    waiting = [];
  };
  const visit = (number: number): void => {
    const { longest, vectors } = blocks.blocks[number];
    const product = fround(longest * query.length);
    let below = Infinity;
    // While nothing is known of the best, a block's likely ones come first.
    if (least === -Infinity && vectors.length >= 4 * k) {
      below = Math.floor(sums.some);
      take(number, below, Infinity, true);
    }
    const wide = least <= 0 || product <= 0;
    const cut = wide ? 0 : fround(fround(fround(fround(least / product) - margin) * sums.one) + sums.zero);
    if (cut <= sums.top && Math.trunc(cut) < below) take(number, max(0, Math.trunc(cut)), below, false);
  };
  /** The same vectors by their rows, where there are any. */
  const exactly = (some: readonly Held[]): Held[] =>
    some.map(({ place, id, score }) => {
      const own = blocks.rows ? rowScore(vectorAt(blocks, place), query) : score;
      return { place, id, score: own, highest: own };
    });
  for (const band of blocks.bands) {
    if (seen >= most) break;
    const looks = band.length > FEW;
    const bounds = band.map((number) =>
      looks
        ? boundByCentre(blocks.stride, blocks.blocks[number], query, search)
        : fround(fround(blocks.blocks[number].longest * query.length) * MORE),
    );
    const highest = max(0, ...bounds);
    // The better half of what the bounds span comes first.
    const middle = band.length > FEW ? fround(fround(max(least, 0) + highest) * 0.5) : -Infinity;
    const order = [...band.keys()];
    const early = order.filter((each) => bounds[each] >= middle);
    for (const i of [...early, ...order.filter((each) => bounds[each] < middle)]) {
      // A band that has none of the best is left out as a whole.
      if (seen >= most && highest >= least) break;
      seen += blocks.blocks[band[i]].vectors.length;
      if (bounds[i] >= least) visit(band[i]);
    }
  }
  scoreWaiting();
  if (held.length > k) held = thinHeld(held, k).held;
  const best = sortHeld(exactly(held).filter((each) => each.score >= threshold)).slice(0, k);
  return {
    ids: Uint32Array.from(best, ({ id }) => id),
    scores: Float32Array.from(best, (each) => each.score),
    scored: Uint32Array.from(scored),
  };
}

/** How great an inner product with a vector of the block may be, going by its centre. */
function boundByCentre(stride: number, block: PlainBlock, query: BlockQuery, { reach }: BlockSearch): number {
  const { longest, centreCodes, centreScale, alignment, spread } = block;
  const product = int8Score({ codes: centreCodes, scale: centreScale }, query);
  const room = fround(fround(0.5 * fround(sqrt(stride))) * centreScale);
  const along = fround(fround(product / query.length) + room);
  const cosine = fround(fround(alignment * along) + fround(fround(reach) * spread));
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
