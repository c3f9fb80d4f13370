/** How often vectors share codes, over many draws of a family. */
import type { Team } from '@hashgrad/kernels';
import { bindHasher, type FamilySpec } from '../src/index.ts';
import { dense, sparse } from './vectors.ts';

export interface Collisions {
  /** Tables of all draws together. */
  readonly draws: number;
  /** In how many of them both vectors of each pair had the same code. */
  readonly hits: readonly number[];
  /** Variance of the number of hits of one seed, for each pair. */
  readonly variances: readonly number[];
}

export interface CollisionsOptions {
  /** As in codesOf. */
  readonly tails?: readonly number[][];
  readonly form?: 'dense' | 'sparse';
}

/** The collisions of vectors 2 i and 2 i + 1 of `rows`, for each i, with seeds 1 to `seeds`. */
export function collisions(
  team: Team,
  spec: FamilySpec,
  rows: readonly number[][],
  seeds: number,
  { tails, form = 'dense' }: CollisionsOptions = {},
): Collisions {
  const { arena } = team;
  const vectors = dense(arena, rows);
  const listed = sparse(arena, rows);
  const count = rows.length;
  const tailWidth = tails?.[0]?.length ?? 0;
  const tail = arena.float32(count * tailWidth);
  tail.set((tails ?? []).flat());
  const codes = arena.uint32(count * spec.tables);
  const hits = new Float64Array(count / 2);
  const squares = new Float64Array(count / 2);
  for (let seed = 1; seed <= seeds; seed++) {
    const hasher = bindHasher(spec, { dimensions: vectors.width, tailWidth, seed, team });
    const target = { codes, stride: count };
    if (form === 'dense') hasher.hash({ ...vectors, tail, tailWidth }, count, target);
    else hasher.hashSparse({ ...listed, tail, tailWidth }, count, target);
    hasher[Symbol.dispose]();
    for (let pair = 0; pair < hits.length; pair++) {
      let equal = 0;
      for (let t = 0; t < spec.tables; t++) {
        if (codes[t * count + 2 * pair] === codes[t * count + 2 * pair + 1]) equal++;
      }
      hits[pair] = (hits[pair] ?? 0) + equal;
      squares[pair] = (squares[pair] ?? 0) + equal ** 2;
    }
  }
  for (const view of [vectors.values, listed.offsets, listed.ids, listed.values, tail, codes])
    arena.free(view);
  const variances = Array.from(hits, (sum, pair) => (squares[pair] ?? 0) / seeds - (sum / seeds) ** 2);
  return { draws: seeds * spec.tables, hits: Array.from(hits), variances };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
