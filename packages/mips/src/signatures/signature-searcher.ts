/** Searching by signatures in blocks of alike lengths. */
import type { Tensor } from '@hashgrad/kernels';
import type { FamilySpec } from '@hashgrad/lsh';
import type { IdTable } from '@hashgrad/lsh/vectors';
import { BLOCK, NormBlocks } from './norm-blocks.ts';
import type { QueryBlock } from '../index/query-block.ts';
import type { SearcherOptions } from '../index/search-options.ts';
import { scanList } from '../index/list-scan.ts';
import { Scratch } from '../index/scratch.ts';
import type { Searcher } from '../index/searcher.ts';
import { cosineBounds, Signer } from './signatures.ts';
import type { VectorStore } from '../index/vector-store.ts';

/** Comparing 64 bits of two signatures costs about as much as so many multiply-adds of 8-bit products. */
const WORD_COST = 6;

export class SignatureSearcher implements Searcher {
  readonly mostProbes = 1;
  readonly #store: VectorStore;
  readonly #places: IdTable;
  readonly #signer: Signer;
  readonly #blocks: NormBlocks;
  readonly #cosines: Float32Array;
  #slack = Number.NaN;
  #signatures: Uint32Array;
  #scored: Int32Array;

  constructor(store: VectorStore, places: IdTable, family: FamilySpec, seed: number) {
    const { team, dimensions } = store;
    const { arena } = team;
    this.#store = store;
    this.#places = places;
    this.#signer = new Signer(family, dimensions, seed, team);
    this.#blocks = new NormBlocks(store, places, this.#signer);
    // The kernel starts from all bits of the words: those to spare are never different.
    this.#cosines = arena.float32(this.#signer.words * 64 + 1);
    this.#signatures = arena.uint32(0);
    this.#scored = arena.int32(0);
  }

  get multiplyAdds(): number {
    const { dimensions } = this.#store;
    return this.#signer.multiplyAdds(dimensions) + WORD_COST * this.#signer.words * this.#places.size;
  }

  get bytes(): number {
    const own = this.#cosines.byteLength + this.#signatures.byteLength + this.#scored.byteLength;
    return this.#blocks.bytes + this.#signer.bytes + own;
  }

  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    this.#blocks.add(vectors, lengths, ids);
  }

  update(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    for (const [i, id] of ids.entries()) this.#blocks.update(vectors, i, lengths[i] as number, id);
  }

  remove(ids: Uint32Array): void {
    for (const id of ids) this.#blocks.remove(id);
  }

  state(): Record<string, Tensor> {
    return {};
  }

  restore(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    if (ids.length > 0) this.#blocks.add(vectors, lengths, ids);
  }

  search(block: QueryBlock, count: number, k: number, options: SearcherOptions): Int32Array {
    const { allowed, threshold } = options;
    if (allowed || threshold !== undefined) {
      using scratch = new Scratch(this.#store.team.arena);
      const places: number[] = [];
      this.forEach((place) => {
        const bit = allowed ? ((allowed[place >>> 5] as number) >>> (place & 31)) & 1 : 1;
        if (bit === 1) places.push(place);
      });
      scanList(this.#store, block, count, k, scratch.copy(Int32Array.from(places)), threshold);
      return new Int32Array(count).fill(places.length);
    }
    return this.#search(block, count, k, options);
  }

  #search(
    block: QueryBlock,
    count: number,
    k: number,
    { slack = 1, share = 1 }: SearcherOptions,
    listed?: Uint32Array,
  ): Int32Array {
    const { team, stride, dimensions, record } = this.#store;
    const { arena } = team;
    if (slack !== this.#slack) {
      this.#slack = slack;
      this.#cosines.fill(0);
      cosineBounds(this.#signer.bits, slack, this.#cosines);
    }
    this.#reserve(count);
    this.#signer.sign(block.queries, stride, dimensions, count, this.#signatures);
    const { best, queries, planes, terms } = block.addresses;
    const most = Math.min(2 ** 31 - 1, Math.max(1, Math.ceil(share * this.#places.size)));
    team.run(
      'searchSignatures',
      [
        best,
        arena.address(this.#scored),
        listed ? arena.address(listed) : 0,
        arena.address(record),
        arena.address(this.#blocks.record),
        queries,
        planes,
        terms,
        arena.address(this.#signatures),
        arena.address(this.#cosines),
        k,
        most,
      ],
      count,
      { scratch: arena.kernels.signaturesScratchBytes(stride, BLOCK, k), grain: 1 },
    );
    return this.#scored;
  }

  candidates(block: QueryBlock, k: number, options: SearcherOptions): Uint32Array {
    const { arena } = this.#store.team;
    const listed = arena.uint32(this.#places.size);
    try {
      const [count] = this.#search(block, 1, k, options, listed);
      return listed.slice(0, count);
    } finally {
      arena.free(listed);
    }
  }

  forEach(visit: (place: number) => void): void {
    this.#blocks.forEach(visit);
  }

  [Symbol.dispose](): void {
    const { arena } = this.#store.team;
    this.#blocks[Symbol.dispose]();
    this.#signer[Symbol.dispose]();
    for (const array of [this.#cosines, this.#signatures, this.#scored]) arena.free(array);
  }

  #reserve(count: number): void {
    const { arena } = this.#store.team;
    if (this.#scored.length >= count) return;
    const signatures = arena.uint32(count * 2 * this.#signer.words);
    const scored = arena.int32(count);
    arena.free(this.#signatures);
    arena.free(this.#scored);
    this.#signatures = signatures;
    this.#scored = scored;
  }
}
