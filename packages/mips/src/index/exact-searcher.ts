/** Searching by scoring every vector: a scan keeps the best of each query as it goes. */
import { type Scan, scanInt8, scanInt8Async, scanRows, scanRowsAsync, type Tensor } from '@hashgrad/kernels';
import type { IdTable } from '@hashgrad/lsh/vectors';
import { scanList } from './list-scan.ts';
import type { QueryBlock } from './query-block.ts';
import type { SearcherOptions } from './search-options.ts';
import type { Incoming, Searcher } from './searcher.ts';
import type { VectorStore } from './vector-store.ts';

/** Fewer vectors than this are not worth a part of their own. */
const PART = 1024;

/** Owns the store from then on. */
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
    const { team, quantized } = this.#store;
    const scan = quantized ? scanInt8 : scanRows;
    scan(team, this.#scan(block, count, k, options), this.parts);
    return new Int32Array(count).fill(this.#ids.size);
  }

  async searchAsync(
    block: QueryBlock,
    count: number,
    k: number,
    options: SearcherOptions,
  ): Promise<Int32Array> {
    const { team, quantized } = this.#store;
    const scan = quantized ? scanInt8Async : scanRowsAsync;
    await scan(team, this.#scan(block, count, k, options), this.parts);
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

  #scan(
    block: QueryBlock,
    count: number,
    k: number,
    { allowed, threshold = -Infinity }: SearcherOptions,
  ): Scan {
    // Whole groups of four rows.
    const rowsEach = Math.ceil(this.#ids.size / this.parts / 4) * 4;
    return { vectors: this.#store.scanned, ...block.views, count, k, rowsEach, allowed, threshold };
  }
}
