/** What blocks of hash tables give for queries: the vectors that collide with each most often. */
import type { DenseVectors, FamilySpec, HashFamily, Hasher } from '@hashgrad/lsh';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { QueryBlock } from '../index/query-block.ts';
import type { SearcherOptions } from '../index/search-options.ts';
import type { TableBlock } from './table-block.ts';
import { bucketRank, sharesOf } from '../transforms/norm-ranging.ts';
import type { Transform } from '../transforms/transform.ts';
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
  /** Whether a query's scale matters to the family: each block then hashes it anew. */
  readonly scaled: boolean;
  readonly #store: VectorStore;
  readonly #transform: Transform;
  readonly #hasher: Hasher;
  /** For numbers of collisions from 0 on, the share of hyperplanes that do not part two vectors which collide so often. */
  readonly #shares: Float64Array;

  constructor(
    store: VectorStore,
    transform: Transform,
    hasher: Hasher,
    spec: FamilySpec,
    similarity: HashFamily['similarity'],
  ) {
    this.#store = store;
    this.#transform = transform;
    this.#hasher = hasher;
    this.ranks = transform.blocks?.count !== undefined;
    this.#shares = this.ranks ? sharesOf(spec, hasher.tables) : new Float64Array(0);
    this.scaled = transform.scale !== undefined && similarity === 'euclidean';
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
    const { stride, dimensions } = this.#store;
    const { tailWidth } = this.#transform;
    const tail = scratch.float32(count * tailWidth);
    const norms = Float32Array.from({ length: count }, (_unused, s) => block.length(s) ** 2);
    this.#transform.query(count, { tails: tail, stride: tailWidth, offset: 0 }, norms);
    const values = scratch.float32(count * stride);
    values.set(block.queries.subarray(0, count * stride));
    if (this.scaled) {
      for (let s = 0; s < count; s++) {
        const factor = this.#transform.scale?.query(norms[s] as number, bound) ?? 1;
        for (let j = s * stride; j < (s + 1) * stride; j++) values[j] = (values[j] as number) * factor;
      }
    }
    const codes = scratch.uint32(count * this.#hasher.tables * probes);
    hashQueries(this.#hasher, { values, stride, width: dimensions, tail, tailWidth }, count, codes, probes);
    return codes;
  }
}

/** The codes of queries, as tables with so many probes take them. */
function hashQueries(
  hasher: Hasher,
  vectors: DenseVectors,
  count: number,
  codes: Uint32Array,
  probes: number,
): void {
  if (probes === 1) hasher.hash(vectors, count, { codes, stride: count });
  else if (hasher.probe) hasher.probe(vectors, count, probes, { codes, stride: count });
  else throw new RangeError(`This family names no next buckets: probes is 1; got ${probes}.`);
}
