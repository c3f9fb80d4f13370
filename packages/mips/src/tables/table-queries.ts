/** What blocks of hash tables give for queries: the vectors that collide with each most often. */
import type { FamilySpec } from '@hashgrad/lsh';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { QueryBlock } from '../index/query-block.ts';
import type { SearcherOptions } from '../index/search-options.ts';
import type { TableBlock } from './table-block.ts';
import { bucketRank, sharesOf } from '../transforms/norm-ranging.ts';
import type { TransformedHasher } from '../transforms/transformed-hasher.ts';
import type { VectorStore } from '../index/vector-store.ts';

/** What one block gives: numbers of its vectors, `stride` apart for each query; `collisions` where it was hashed. */
export interface Found {
  readonly block: TableBlock;
  readonly numbers: Int32Array;
  readonly stride: number;
  readonly lengths: Int32Array;
  readonly collisions?: Int32Array;
}

export class TableQueries {
  /** Whether vectors of all blocks together are ranked by their buckets. */
  readonly ranks: boolean;
  readonly #store: VectorStore;
  readonly #hasher: TransformedHasher;
  /** For numbers of collisions from 0 on, the share of hyperplanes that do not part two vectors which collide so often. */
  readonly #shares: Float64Array;

  constructor(store: VectorStore, hasher: TransformedHasher, spec: FamilySpec) {
    this.#store = store;
    this.#hasher = hasher;
    this.ranks = hasher.transform.blocks?.count !== undefined;
    this.#shares = this.ranks ? sharesOf(spec, hasher.tables) : new Float64Array(0);
  }

  /** The vectors of one block that each query collides with most often. */
  ask(
    block: QueryBlock,
    each: TableBlock,
    count: number,
    limit: number,
    { probes = 1 }: SearcherOptions,
  ): Found {
    const { tables } = each;
    if (!tables) {
      const numbers = each.all();
      return { block: each, numbers, stride: 0, lengths: new Int32Array(count).fill(numbers.length) };
    }
    using scratch = new Scratch(this.#store.team.arena);
    const codes = this.#hashQueries(block, count, each.bound, probes, scratch);
    const ids = scratch.int32(count * limit);
    const lengths = scratch.int32(count);
    const candidates = scratch.int32(count);
    const collisions = scratch.int32(count * limit);
    tables.query(codes, count, { limit, probes }, { ids, lengths, candidates, collisions });
    return {
      block: each,
      numbers: ids.slice(),
      stride: limit,
      lengths: lengths.slice(),
      collisions: collisions.slice(),
    };
  }

  /**
   * Of all blocks together the vectors whose buckets rank highest (Yan et al. 2018, section 3.3): a bucket is as good as the
   * block's greatest length and the angle that its collisions stand for.
   */
  ranked(
    block: QueryBlock,
    blocks: readonly TableBlock[],
    count: number,
    candidates: number,
    options: SearcherOptions,
  ): Found[] {
    const answers = blocks.map((each) =>
      this.ask(block, each, count, Math.min(each.count, candidates), options),
    );
    const lists = answers.map(() => Array.from({ length: count }, (): number[] => []));
    for (let s = 0; s < count; s++) {
      const ranks: { rank: number; answer: number; number: number }[] = [];
      for (const [a, { block: each, numbers, stride, lengths, collisions }] of answers.entries()) {
        for (let i = 0; i < (lengths[s] as number); i++) {
          const met = collisions?.[s * stride + i] ?? this.#hasher.tables;
          const rank = bucketRank(each.longest, this.#shares[met] as number, 1);
          ranks.push({ rank, answer: a, number: numbers[s * stride + i] as number });
        }
      }
      ranks.sort((a, b) => b.rank - a.rank);
      for (const { answer, number } of ranks.slice(0, candidates)) lists[answer]?.[s]?.push(number);
    }
    return answers.map(({ block: each }, a) => {
      const chosen = lists[a] as number[][];
      const stride = Math.max(0, ...chosen.map(({ length }) => length));
      const numbers = new Int32Array(count * stride);
      for (const [s, list] of chosen.entries()) numbers.set(list, s * stride);
      return { block: each, numbers, stride, lengths: Int32Array.from(chosen, ({ length }) => length) };
    });
  }

  /** Q applied to the block's queries, and hashed. */
  #hashQueries(
    block: QueryBlock,
    count: number,
    bound: number,
    probes: number,
    scratch: Scratch,
  ): Uint32Array {
    const { stride, dimensions: width } = this.#store;
    const hasher = this.#hasher;
    const squaredNorms = Float32Array.from({ length: count }, (_unused, s) => block.length(s) ** 2);
    let values = block.queries;
    if (hasher.scalesQueries) {
      values = scratch.float32(count * stride);
      values.set(block.queries.subarray(0, count * stride));
    }
    const codes = scratch.uint32(count * hasher.tables * probes);
    const target = { codes, stride: count };
    hasher.hashQueries({ values, stride, width }, count, target, { squaredNorms, bound, probes });
    return codes;
  }
}
