/** Searching by signatures, in bands of alike lengths and blocks of alike directions. */
import {
  type BlockSearch,
  scorePlaces,
  searchBlocks,
  searchBlocksAsync,
  type Team,
  type Tensor,
} from '@hashgrad/kernels';
import type { IdTable } from '@hashgrad/lsh/vectors';
import type { QueryBlock, RowLayout } from '../index/query-block.ts';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { SearcherOptions } from '../index/search-options.ts';
import type { Incoming, QuantizedVectors, Searcher } from '../index/searcher.ts';
import { BlockMemory } from './block-memory.ts';
import { decodeBlocks, encodeBlocks } from './block-state.ts';
import { Signer } from './signer.ts';
import { VectorBlocks } from './vector-blocks.ts';

/** Looking at 64 bits of a signature costs about as much as so many multiply-adds of 8-bit products. */
const WORD_COST = 6;

/** What vectors are searched by. */
export interface SignatureSpecs {
  readonly dimensions: number;
  /** Of a signature: a multiple of 64. */
  readonly bits: number;
  readonly seed: number;
  /** Whether vectors are kept in 32-bit floats besides their int8 copies. */
  readonly rows: boolean;
}

export class SignatureSearcher implements Searcher {
  readonly mostProbes = 1;
  readonly layout: RowLayout;
  readonly #team: Team;
  readonly #places: IdTable;
  readonly #signer: Signer;
  readonly #memory: BlockMemory;
  readonly #blocks: VectorBlocks;
  #projections: Float32Array;
  #scored: Int32Array;

  /** @throws {RangeError} if there is no room. */
  constructor(team: Team, places: IdTable, { dimensions, bits, seed, rows }: SignatureSpecs) {
    this.#team = team;
    this.#places = places;
    using scratch = new Scratch(team.arena);
    this.#projections = scratch.float32(0);
    this.#scored = scratch.int32(0);
    this.#signer = new Signer(bits, dimensions, seed, team);
    try {
      this.#memory = new BlockMemory(team, dimensions, rows, this.#signer);
      this.#blocks = new VectorBlocks(this.#memory, places);
    } catch (error) {
      this.#signer[Symbol.dispose]();
      throw error;
    }
    scratch.keep();
    this.layout = { team, dimensions, stride: this.#memory.stride, quantized: true };
  }

  get multiplyAdds(): number {
    const { stride, signer } = this.#memory;
    return signer.multiplyAdds + this.#blocks.count * stride + WORD_COST * signer.words * this.#places.size;
  }

  get bytes(): number {
    return this.#memory.bytes + this.#projections.byteLength + this.#scored.byteLength;
  }

  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    this.#blocks.add(vectors, lengths, ids);
  }

  update(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    this.#blocks.update(vectors, lengths, ids);
  }

  remove(ids: Uint32Array): void {
    this.#blocks.remove(ids);
  }

  search(block: QueryBlock, count: number, k: number, options: SearcherOptions): Int32Array {
    this.#prepare(block, count);
    searchBlocks(this.#team, this.#search(block, k, options), count);
    return this.#scored;
  }

  async searchAsync(
    block: QueryBlock,
    count: number,
    k: number,
    options: SearcherOptions,
  ): Promise<Int32Array> {
    this.#prepare(block, count);
    await searchBlocksAsync(this.#team, this.#search(block, k, options), count);
    return this.#scored;
  }

  candidates(block: QueryBlock, k: number, options: SearcherOptions): Uint32Array {
    using scratch = new Scratch(this.#team.arena);
    const listed = scratch.uint32(this.#places.size);
    this.#prepare(block, 1);
    searchBlocks(this.#team, this.#search(block, k, options, listed), 1);
    const [count] = this.#scored;
    return listed.slice(0, count);
  }

  scan(block: QueryBlock, count: number, k: number, places: Int32Array, threshold: number = -Infinity): void {
    const { blocks } = this.#memory;
    scorePlaces(this.#team, { blocks, ...block.views, k, places, threshold }, count);
  }

  get placeBound(): number {
    return this.#memory.placeBound;
  }

  forEach(visit: (place: number) => void): void {
    this.#blocks.forEach(visit);
  }

  vector(place: number): Float32Array {
    return this.#memory.vector(place);
  }

  id(place: number): number {
    return this.#memory.id(place);
  }

  state(): Record<string, Tensor> {
    return encodeBlocks(this.#blocks.state(), this.#memory.stride);
  }

  quantized(): QuantizedVectors | undefined {
    if (this.#memory.rows) return undefined;
    const places = new Int32Array(this.#places.size);
    let i = 0;
    this.forEach((place) => (places[i++] = place));
    return this.#memory.quantized(places);
  }

  restore(incoming: Incoming, state: Readonly<Record<string, Tensor>>): void {
    this.#blocks.restore(incoming, decodeBlocks(state, incoming.lengths, this.#memory.stride));
  }

  [Symbol.dispose](): void {
    const { arena } = this.#team;
    this.#blocks[Symbol.dispose]();
    this.#signer[Symbol.dispose]();
    arena.free(this.#projections);
    arena.free(this.#scored);
  }

  /** Projects the block's queries, and makes room for what a search says. */
  #prepare(block: QueryBlock, count: number): void {
    this.#reserve(count);
    this.#signer.project(block.queries, this.#memory.stride, count, this.#projections);
  }

  #search(
    block: QueryBlock,
    k: number,
    { slack = 2, reach = 5, share = 1, allowed, threshold = -Infinity }: SearcherOptions,
    listed?: Uint32Array,
  ): BlockSearch {
    const { blocks, signer } = this.#memory;
    const { queries, planes, terms, best } = block.views;
    const most = Math.min(2 ** 31 - 1, Math.max(1, Math.ceil(share * this.#places.size)));
    return {
      blocks,
      best,
      scored: this.#scored,
      listed,
      queries,
      planes,
      terms,
      projections: this.#projections,
      k,
      most,
      slack,
      reach,
      deviation: signer.deviation,
      threshold,
      allowed,
    };
  }

  #reserve(count: number): void {
    if (this.#scored.length >= count) return;
    const { arena } = this.#team;
    using scratch = new Scratch(arena);
    const projections = scratch.float32(Math.ceil(count / 4) * 4 * this.#signer.bits);
    const scored = scratch.int32(count);
    scratch.keep();
    arena.free(this.#projections);
    arena.free(this.#scored);
    this.#projections = projections;
    this.#scored = scored;
  }
}
