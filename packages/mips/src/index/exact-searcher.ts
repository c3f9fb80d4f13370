/** Searching by scoring every vector: a scan keeps the best of each query as it goes. */
import type { KernelArguments, Tensor } from '@hashgrad/kernels';
import type { IdTable } from '@hashgrad/lsh/vectors';
import { scanList } from './list-scan.ts';
import type { QueryBlock } from './query-block.ts';
import type { SearcherOptions } from './search-options.ts';
import type { Incoming, Searcher } from './searcher.ts';
import type { VectorStore } from './vector-store.ts';

/** Fewer vectors than this are not worth a part of their own. */
const PART = 1024;

/** Owns the store from then on. */
type ScanJob = { readonly grain: number; readonly scratch: number } & (
  | { readonly kernel: 'scanInt8'; readonly args: KernelArguments['scanInt8'] }
  | { readonly kernel: 'scanRows'; readonly args: KernelArguments['scanRows'] }
);

export class ExactSearcher implements Searcher {
  readonly mostProbes = 1;
  readonly multiplyAdds = 0;
  readonly #store: VectorStore;
  readonly #ids: IdTable;

  constructor(store: VectorStore, ids: IdTable) {
    this.#store = store;
    this.#ids = ids;
  }

  get layout(): VectorStore {
    return this.#store;
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  /** Parts of the vectors that are scanned on their own, by different threads. */
  get parts(): number {
    return Math.max(1, Math.min(this.#store.team.threads, Math.ceil(this.#ids.size / PART)));
  }

  add(vectors: Float32Array, _lengths: Float64Array, ids: Uint32Array): void {
    const first = this.#ids.size;
    this.#store.reserve(first + ids.length, first);
    for (const [i, id] of ids.entries()) {
      this.#store.write(first + i, vectors, i, id);
      this.#ids.set(id, first + i);
    }
    this.#store.quantize(first, ids.length);
    this.#store.setCount(first + ids.length);
  }

  update(vectors: Float32Array, _lengths: Float64Array, ids: Uint32Array): void {
    for (const [i, id] of ids.entries()) {
      const place = this.#ids.get(id) as number;
      this.#store.write(place, vectors, i, id);
      this.#store.quantize(place, 1);
    }
  }

  remove(ids: Uint32Array): void {
    for (const id of ids) {
      // Another one's removal may have moved it.
      const place = this.#ids.get(id) as number;
      const last = this.#ids.size - 1;
      if (place !== last) {
        this.#store.move(last, place);
        this.#ids.set(this.#store.ids[place] as number, place);
      }
      this.#ids.delete(id);
    }
    this.#store.setCount(this.#ids.size);
  }

  search(block: QueryBlock, count: number, k: number, options: SearcherOptions): Int32Array {
    const { team } = this.#store;
    const { kernel, args, ...job } = this.#job(block, count, k, options);
    if (kernel === 'scanInt8') team.run(kernel, args, this.parts, job);
    else team.run(kernel, args, this.parts, job);
    return new Int32Array(count).fill(this.#ids.size);
  }

  async searchAsync(
    block: QueryBlock,
    count: number,
    k: number,
    options: SearcherOptions,
  ): Promise<Int32Array> {
    const { team } = this.#store;
    const { kernel, args, ...job } = this.#job(block, count, k, options);
    if (kernel === 'scanInt8') await team.runAsync(kernel, args, this.parts, job);
    else await team.runAsync(kernel, args, this.parts, job);
    return new Int32Array(count).fill(this.#ids.size);
  }

  candidates(): Uint32Array {
    return this.#ids.ids();
  }

  forEach(visit: (place: number) => void): void {
    for (let place = 0; place < this.#ids.size; place++) visit(place);
  }

  state(): Record<string, Tensor> {
    return {};
  }

  restore({ vectors, lengths, ids }: Incoming): void {
    this.add(vectors, lengths, ids);
  }

  scan(block: QueryBlock, count: number, k: number, places: Int32Array, threshold?: number): void {
    scanList(this.#store, block, count, k, places, threshold);
  }

  get placeBound(): number {
    return this.#store.capacity;
  }

  vector(place: number): Float32Array {
    return this.#store.vector(place);
  }

  id(place: number): number {
    return this.#store.ids[place] as number;
  }

  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }

  #job(
    block: QueryBlock,
    count: number,
    k: number,
    { allowed, threshold = -Infinity }: SearcherOptions,
  ): ScanJob {
    const { team, record: vectors, int8, stride } = this.#store;
    const { arena } = team;
    const { queries, planes, terms, best } = block.addresses;
    const record = arena.address(vectors);
    // Whole groups of four rows.
    const grain = Math.ceil(this.#ids.size / this.parts / 4) * 4;
    const only = [allowed ? arena.address(allowed) : 0, threshold] as const;
    return int8
      ? {
          kernel: 'scanInt8',
          args: [best, record, queries, planes, terms, count, k, grain, ...only],
          grain: 1,
          scratch: arena.kernels.int8ScratchBytes(stride),
        }
      : {
          kernel: 'scanRows',
          args: [best, record, queries, count, k, grain, ...only],
          grain: 1,
          scratch: arena.kernels.scanScratchBytes(count),
        };
  }
}
