/** Searching by hash tables: any transform with any family that suits it. */
import { bindHasher, type FamilySpec, familyOf, type Hasher } from '@hashgrad/lsh';
import type { IdTable } from '@hashgrad/lsh/vectors';
import type { QueryBlock } from '../index/query-block.ts';
import type { SearchOptions } from '../index/search-options.ts';
import type { Searcher } from '../index/searcher.ts';
import { TableBlock } from './table-block.ts';
import { type Found, TableQueries } from './table-queries.ts';
import { cutByLength } from '../transforms/cut-by-length.ts';
import { indexTransformOf } from '../transforms/registry.ts';
import type { Transform, TransformSpec } from '../transforms/transform.ts';
import type { VectorStore } from '../index/vector-store.ts';

export class TableSearcher implements Searcher {
  readonly #store: VectorStore;
  readonly #ids: IdTable;
  readonly #transform: Transform;
  readonly #hasher: Hasher;
  readonly #queries: TableQueries;
  /** Longest first. */
  #blocks: TableBlock[] = [];
  /** One a place: the vector's length, its block and its number there. */
  #lengths = new Float32Array(0);
  #home: (TableBlock | undefined)[] = [];
  #numbers = new Int32Array(0);
  #count = 0;
  /** Vectors when they were last cut into blocks. */
  #cut = 0;

  constructor(
    store: VectorStore,
    ids: IdTable,
    specs: { readonly transform: TransformSpec; readonly family: FamilySpec; readonly seed: number },
  ) {
    const { team, dimensions } = store;
    const family = familyOf(specs.family);
    this.#store = store;
    this.#ids = ids;
    this.#transform = indexTransformOf(specs.transform, family);
    const { tailWidth } = this.#transform;
    this.#hasher = bindHasher(specs.family, { dimensions, tailWidth, seed: specs.seed, team });
    const { similarity } = family;
    this.#queries = new TableQueries(store, this.#transform, this.#hasher, specs.family, similarity);
  }

  get mostProbes(): number {
    return this.#hasher.mostProbes ?? 1;
  }

  get multiplyAdds(): number {
    const once = this.#hasher.multiplyAdds(this.#store.dimensions);
    return this.#queries.scaled ? once * Math.max(1, this.#blocks.length) : once;
  }

  get bytes(): number {
    return (
      this.#blocks.reduce((sum, { bytes }) => sum + bytes, 0) +
      this.#lengths.byteLength +
      this.#numbers.byteLength
    );
  }

  add(vectors: Float32Array, lengths: Float64Array, ids: Uint32Array): void {
    const first = this.#count;
    const count = first + ids.length;
    this.#store.reserve(count, first);
    if (count > this.#numbers.length) {
      const capacity = this.#store.capacity;
      this.#lengths = copyOf(this.#lengths, new Float32Array(capacity));
      this.#numbers = copyOf(this.#numbers, new Int32Array(capacity));
    }
    for (const [i, id] of ids.entries()) {
      this.#store.write(first + i, vectors, i, id);
      this.#lengths[first + i] = lengths[i] as number;
      this.#ids.set(id, first + i);
    }
    this.#store.quantize(first, ids.length);
    this.#count = count;
    // Blocks of a time when there were half as many vectors may not be those that the rule asks for.
    if (count >= 2 * this.#cut) this.#cutBlocks();
    else for (let place = first; place < count; place++) this.#put(place);
  }

  update(vectors: Float32Array, index: number, length: number, id: number): void {
    const place = this.#ids.get(id) as number;
    const home = this.#home[place] as TableBlock;
    const stays = this.#blockFor(length) === home;
    if (!stays) home.remove(this.#numbers[place] as number);
    this.#store.write(place, vectors, index, id);
    this.#store.quantize(place, 1);
    this.#lengths[place] = length;
    if (stays) home.changed(this.#numbers[place] as number, length);
    else this.#put(place);
  }

  remove(id: number): void {
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

  search(block: QueryBlock, count: number, k: number, options: SearchOptions): Int32Array {
    const { arena } = this.#store.team;
    const scored = new Int32Array(count);
    const views: Int32Array[] = [];
    try {
      let first = true;
      this.#find(block, count, k, options, (found) => {
        const lists = arena.int32(found.numbers.length);
        const lengths = arena.int32(count);
        views.push(lists, lengths);
        lists.set(found.numbers);
        lengths.set(found.lengths);
        this.#score(block, count, k, { ...found, numbers: lists, lengths }, first, false);
        first = false;
        for (let s = 0; s < count; s++) scored[s] = (scored[s] as number) + (found.lengths[s] as number);
        for (const view of views.splice(0)) arena.free(view);
      });
      // Records must be finished, whether or not the last block was asked.
      this.#score(block, count, k, undefined, first, true);
    } finally {
      for (const view of views) arena.free(view);
    }
    return scored;
  }

  candidates(block: QueryBlock, k: number, options: SearchOptions): Uint32Array {
    const all: number[] = [];
    const { ids } = this.#store;
    let first = true;
    this.#find(block, 1, k, options, (found) => {
      for (let i = 0; i < (found.lengths[0] as number); i++) {
        all.push(ids[found.block.places[found.numbers[i] as number] as number] as number);
      }
      // What stops a search early is what it has scored.
      const { arena } = this.#store.team;
      const views = [arena.int32(found.numbers.length), arena.int32(1)] as const;
      views[0].set(found.numbers);
      views[1].set(found.lengths);
      this.#score(block, 1, k, { ...found, numbers: views[0], lengths: views[1] }, first, false);
      first = false;
      for (const view of views) arena.free(view);
    });
    return Uint32Array.from(all);
  }

  forEach(visit: (place: number) => void): void {
    for (let place = 0; place < this.#count; place++) visit(place);
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks) block[Symbol.dispose]();
    this.#hasher[Symbol.dispose]();
  }

  /** Calls back with what each block gives, longest first, until no query can gain from the next one. */
  #find(
    block: QueryBlock,
    count: number,
    k: number,
    options: SearchOptions,
    use: (found: Found) => void,
  ): void {
    const candidates = options.candidates ?? 100 * k;
    const live = this.#blocks.filter((each) => each.count > 0);
    if (this.#queries.ranks && live.some(({ hashed }) => hashed)) {
      for (const found of this.#queries.ranked(block, live, count, candidates, options)) use(found);
      return;
    }
    for (const [b, each] of live.entries()) {
      if (b > 0 && this.#settled(block, count, k, each)) return;
      const share = Math.ceil((candidates * each.count) / this.#count);
      const limit = Math.min(each.count, Math.max(k, share));
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
    clear: boolean,
    finish: boolean,
  ): void {
    const { team, record, stride } = this.#store;
    const { arena } = team;
    const { best, queries, planes, terms } = block.addresses;
    const none = found ? undefined : arena.int32(count);
    const [lists, step, lengths, places] = found
      ? [
          arena.address(found.numbers),
          found.stride,
          arena.address(found.lengths),
          arena.address(found.block.places),
        ]
      : [0, 0, arena.address(none as Int32Array), 0];
    const args = [
      best,
      arena.address(record),
      queries,
      planes,
      terms,
      k,
      lists,
      step,
      lengths,
      places,
    ] as const;
    const scratch = arena.kernels.int8ScratchBytes(stride);
    team.run('scoreLists', [...args, clear ? 1 : 0, finish ? 1 : 0], count, { scratch, grain: 1 });
    if (none) arena.free(none);
  }

  #put(place: number): void {
    const length = this.#lengths[place] as number;
    const block = this.#blockFor(length);
    this.#home[place] = block;
    this.#numbers[place] = block.add(place, length);
  }

  /** The shortest block that the length fits in; the first if it is longer than all. */
  #blockFor(length: number): TableBlock {
    let best = this.#blocks[0] as TableBlock;
    for (const block of this.#blocks) if (block.longest >= length) best = block;
    return best;
  }

  #cutBlocks(): void {
    for (const block of this.#blocks) block[Symbol.dispose]();
    const places = Array.from({ length: this.#count }, (_, place) => place);
    const rule = this.#transform.blocks;
    const parts = rule ? cutByLength(places, this.#lengths, rule) : [places];
    const context = { store: this.#store, transform: this.#transform, hasher: this.#hasher };
    this.#blocks = parts.map(
      (part) => new TableBlock(context, part, this.#lengths, rule === undefined || part.length > rule.scan),
    );
    for (const [b, part] of parts.entries()) {
      for (const [number, place] of part.entries()) {
        this.#home[place] = this.#blocks[b];
        this.#numbers[place] = number;
      }
    }
    this.#cut = this.#count;
  }
}

function copyOf<A extends Float32Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
