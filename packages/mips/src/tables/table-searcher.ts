/** Searching by hash tables: any transform with any family that suits it. */
import { scoreLists, type Tensor } from '@hashgrad/kernels';
import { type FamilySpec, familyOf, sumOperations } from '@hashgrad/lsh';
import { type IdTable, Scratch } from '@hashgrad/lsh/vectors';
import { scanList } from '../index/list-scan.ts';
import type { QueryBlock } from '../index/query-block.ts';
import type { SearcherOptions } from '../index/search-options.ts';
import type { Incoming, Searcher } from '../index/searcher.ts';
import {
  type Arrival,
  BATCH,
  type BlockChange,
  type BlockContext,
  type BlockState,
  type ReadyChange,
  squaredNorm,
  TableBlock,
} from './table-block.ts';
import { decodeState, encodeState } from './table-state.ts';
import { type Found, TableQueries } from './table-queries.ts';
import { cutByLength } from '../transforms/cut-by-length.ts';
import { indexTransformOf } from '../transforms/registry.ts';
import type { TransformSpec } from '../transforms/transform.ts';
import { TransformedHasher } from '../transforms/transformed-hasher.ts';
import type { VectorStore } from '../index/vector-store.ts';

/** Vectors that are scored where a search says nothing else. */
const CANDIDATES = 1000;

export class TableSearcher implements Searcher {
  readonly #store: VectorStore;
  readonly #ids: IdTable;
  readonly #hasher: TransformedHasher;
  readonly #queries: TableQueries;
  readonly #context: BlockContext;
  /** Longest first. */
  #blocks: TableBlock[] = [];
  /** One a place: the vector's length, its block and its number there. */
  #lengths = new Float32Array(0);
  #home: (TableBlock | undefined)[] = [];
  #numbers = new Int32Array(0);
  #count = 0;
  /** Vectors when they were last cut into blocks. */
  #cut = 0;

  /** Owns the store from then on. @throws {RangeError} if there is no room; the store is gone then. */
  constructor(
    store: VectorStore,
    ids: IdTable,
    specs: { readonly transform: TransformSpec; readonly family: FamilySpec; readonly seed: number },
  ) {
    const { team, dimensions } = store;
    const { family, seed } = specs;
    this.#store = store;
    this.#ids = ids;
    const transform = indexTransformOf(specs.transform, familyOf(family));
    using scratch = new Scratch(team.arena);
    let one: Int32Array;
    try {
      one = scratch.int32(1);
      this.#hasher = new TransformedHasher({ family, transform, dimensions, room: BATCH, seed, team });
    } catch (error) {
      store[Symbol.dispose]();
      throw error;
    }
    scratch.keep();
    this.#context = { store, hasher: this.#hasher, one };
    this.#queries = new TableQueries(store, this.#hasher, family);
  }

  get mostProbes(): number {
    return this.#hasher.mostProbes;
  }

  get multiplyAdds(): number {
    const once = sumOperations(this.#hasher.operations(this.#store.dimensions));
    return this.#hasher.scalesQueries ? once * Math.max(1, this.#blocks.length) : once;
  }

  get layout(): VectorStore {
    return this.#store;
  }

  get bytes(): number {
    return (
      this.#store.bytes +
      this.#blocks.reduce((sum, { bytes }) => sum + bytes, 0) +
      this.#lengths.byteLength +
      this.#numbers.byteLength
    );
  }

  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const first = this.#count;
    const count = first + ids.length;
    this.#lay(vectors, lengths, ids);
    // The rule that cuts vectors into blocks depends on their number: with twice as many it is applied anew.
    if (count >= 2 * this.#cut) this.#cutBlocks(count);
    else
      this.#change(ids.length, (i) => ({
        place: first + i,
        vector: vectorAt(vectors, ids, i),
        length: lengths[i] as number,
      }));
    for (const [i, id] of ids.entries()) this.#ids.set(id, first + i);
    this.#store.quantize(first, ids.length);
    this.#count = count;
  }

  update(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const arrival = (i: number): Arrival => ({
      place: this.#ids.get(ids[i] as number) as number,
      vector: vectorAt(vectors, ids, i),
      length: lengths[i] as number,
    });
    this.#change(ids.length, arrival);
    for (const [i, id] of ids.entries()) {
      const place = this.#ids.get(id) as number;
      this.#store.write(place, vectors, i, id);
      this.#store.quantize(place, 1);
      this.#lengths[place] = lengths[i] as number;
    }
    this.#tighten();
  }

  remove(ids: Uint32Array): void {
    for (const id of ids) this.#removeOne(id);
    this.#tighten();
  }

  search(block: QueryBlock, count: number, k: number, options: SearcherOptions): Int32Array {
    const scored = new Int32Array(count);
    let first = true;
    this.#find(block, count, k, options, (found) => {
      this.#score(block, count, k, found, options, first, false);
      first = false;
      for (let s = 0; s < count; s++) scored[s] = (scored[s] as number) + (found.lengths[s] as number);
    });
    // Records must be finished, whether or not the last block was asked.
    this.#score(block, count, k, undefined, options, first, true);
    return scored;
  }

  candidates(block: QueryBlock, k: number, options: SearcherOptions): Uint32Array {
    const all: number[] = [];
    const { ids } = this.#store;
    let first = true;
    this.#find(block, 1, k, options, (found) => {
      for (let i = 0; i < (found.lengths[0] as number); i++) {
        all.push(ids[found.block.places[found.numbers[i] as number] as number] as number);
      }
      // What stops a search early is what it has scored.
      this.#score(block, 1, k, found, options, first, false);
      first = false;
    });
    return Uint32Array.from(all);
  }

  forEach(visit: (place: number) => void): void {
    for (let place = 0; place < this.#count; place++) visit(place);
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

  state(): Record<string, Tensor> {
    const blocks = this.#blocks.map(({ state }) => state);
    return encodeState({ blocks, cut: this.#cut }, this.#store.dimensions);
  }

  restore({ vectors, lengths, ids }: Incoming, state: Readonly<Record<string, Tensor>>): void {
    const centred = this.#hasher.transform.blocks?.centred ?? false;
    const { blocks, cut } = decodeState(state, ids.length, this.#store.dimensions, centred);
    for (const [b, { places, longest, bound, centre }] of blocks.entries()) {
      for (const place of places) {
        if (place < 0) continue;
        const squared = squaredNorm(vectorAt(vectors, ids, place), centre);
        const length = lengths[place] as number;
        if (Math.min(length, Math.fround(length)) <= longest && squared <= bound) continue;
        throw new Error(
          `expected vectors of block ${b} within its length and bound; vector ${place} is longer.`,
        );
      }
    }
    this.#lay(vectors, lengths, ids);
    this.#makeBlocks(blocks.length, (b) => new TableBlock(this.#context, blocks[b] as BlockState));
    for (const [place, id] of ids.entries()) this.#ids.set(id, place);
    this.#store.quantize(0, ids.length);
    this.#count = ids.length;
    this.#cut = cut;
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks) block[Symbol.dispose]();
    this.#hasher[Symbol.dispose]();
    this.#store.team.arena.free(this.#context.one);
    this.#store[Symbol.dispose]();
  }

  /** Calls back with what each block gives, longest first, until no query can gain from the next one. */
  #find(
    block: QueryBlock,
    count: number,
    k: number,
    options: SearcherOptions,
    use: (found: Found) => void,
  ): void {
    const candidates = options.candidates ?? CANDIDATES;
    const live = this.#blocks.filter((each) => each.count > 0);
    if (this.#queries.ranks && live.some(({ tables }) => tables)) {
      for (const found of this.#queries.ranked(block, live, count, candidates, options)) use(found);
      return;
    }
    for (const [b, each] of live.entries()) {
      if (b > 0 && this.#settled(block, count, k, each)) return;
      const limit = Math.min(each.count, Math.ceil((candidates * each.count) / this.#count));
      use(this.#queries.ask(block, each, count, limit, options));
    }
  }

  /** Whether no vector of the block, nor of a shorter one, can be among the best of any query. */
  #settled(block: QueryBlock, count: number, k: number, { longest }: TableBlock): boolean {
    for (let s = 0; s < count; s++) {
      if (longest * (1 + 1e-6) * block.length(s) >= block.least(s, k)) return false;
    }
    return true;
  }

  #score(
    block: QueryBlock,
    count: number,
    k: number,
    found: Found | undefined,
    { allowed, threshold = -Infinity }: SearcherOptions,
    clear: boolean,
    finish: boolean,
  ): void {
    const { team, scanned } = this.#store;
    using views = new Scratch(team.arena);
    const lists = {
      lists: found && views.copy(found.numbers),
      listStride: found?.stride ?? 0,
      lengths: found ? views.copy(found.lengths) : views.int32(count),
      places: found?.block.places,
    };
    const only = { allowed, threshold, clear, finish };
    scoreLists(team, { vectors: scanned, ...block.views, k, ...lists, ...only }, count);
  }

  /** Writes vectors behind those that are here, where nobody looks until they count. */
  #lay(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const first = this.#count;
    this.#store.reserve(first + ids.length, first);
    const { capacity } = this.#store;
    if (capacity > this.#numbers.length) {
      const [longer, numbers] = [new Float32Array(capacity), new Int32Array(capacity)];
      longer.set(this.#lengths);
      numbers.set(this.#numbers);
      [this.#lengths, this.#numbers] = [longer, numbers];
    }
    for (const [i, id] of ids.entries()) {
      this.#store.write(first + i, vectors, i, id);
      this.#lengths[first + i] = lengths[i] as number;
    }
  }

  /** Brings vectors into the blocks that have their lengths; those that are in another block leave it. */
  #change(count: number, arrivalOf: (index: number) => Arrival): void {
    const changes = new Map<TableBlock, BlockChange>();
    const changeOf = (block: TableBlock): BlockChange => {
      const change = changes.get(block) ?? { removed: [], changed: [], added: [] };
      changes.set(block, change);
      return change;
    };
    for (let i = 0; i < count; i++) {
      const arrival = arrivalOf(i);
      const home = this.#home[arrival.place];
      const block = this.#blockFor(arrival.length);
      const number = this.#numbers[arrival.place] as number;
      if (home === block) changeOf(block).changed.push({ number, arrival });
      else {
        if (home) changeOf(home).removed.push(number);
        changeOf(block).added.push(arrival);
      }
    }
    const ready: { block: TableBlock; change: BlockChange; made: ReadyChange }[] = [];
    try {
      for (const [block, change] of changes) ready.push({ block, change, made: block.prepare(change) });
    } catch (error) {
      for (const { made } of ready) made[Symbol.dispose]();
      throw error;
    }
    for (const { block, change, made } of ready) {
      made.commit();
      for (const [i, { place }] of change.added.entries()) {
        this.#home[place] = block;
        this.#numbers[place] = made.numbers[i] as number;
      }
    }
  }

  /** Hashes anew what much longer vectors have left. Where there is no room for it, all stays as it is until later. */
  #tighten(): void {
    const wide = this.#blocks.filter((block) => block.wide);
    if (wide.length === 0) return;
    try {
      if (this.#hasher.transform.blocks) this.#cutBlocks(this.#count);
      else for (const block of wide) block.tighten(this.#lengths);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  #removeOne(id: number): void {
    const place = this.#ids.get(id) as number;
    this.#home[place]?.remove(this.#numbers[place] as number);
    this.#ids.delete(id);
    const last = --this.#count;
    if (place !== last) {
      this.#store.move(last, place);
      this.#ids.set(this.#store.ids[place] as number, place);
      this.#lengths[place] = this.#lengths[last] as number;
      this.#home[place] = this.#home[last];
      this.#numbers[place] = this.#numbers[last] as number;
      this.#home[place]?.moved(this.#numbers[place] as number, place);
    }
    this.#home[last] = undefined;
  }

  /** The shortest block that the length fits in; the first if it is longer than all. */
  #blockFor(length: number): TableBlock {
    let best = this.#blocks[0] as TableBlock;
    for (const block of this.#blocks) if (block.longest >= length) best = block;
    return best;
  }

  /** Makes blocks of the first `count` vectors beside those that there are, and puts them in their place. */
  #cutBlocks(count: number): void {
    const places = Array.from({ length: count }, (_, place) => place);
    const rule = this.#hasher.transform.blocks;
    const parts = rule ? cutByLength(places, this.#lengths, rule) : [places];
    this.#makeBlocks(parts.length, (b) => {
      const part = parts[b] as number[];
      const hashed = rule === undefined || part.length > rule.scan;
      return TableBlock.of(this.#context, Int32Array.from(part), this.#lengths, hashed);
    });
    this.#cut = count;
  }

  #makeBlocks(count: number, make: (index: number) => TableBlock): void {
    const made: TableBlock[] = [];
    try {
      for (let b = 0; b < count; b++) made.push(make(b));
    } catch (error) {
      for (const block of made) block[Symbol.dispose]();
      throw error;
    }
    for (const block of this.#blocks) block[Symbol.dispose]();
    this.#blocks = made;
    for (const block of made) {
      for (const number of block.all()) {
        const place = block.places[number] as number;
        this.#home[place] = block;
        this.#numbers[place] = number;
      }
    }
  }
}

function vectorAt(vectors: Float32Array, ids: Uint32Array, index: number): Float32Array {
  const dimensions = vectors.length / ids.length;
  return vectors.subarray(index * dimensions, (index + 1) * dimensions);
}
