/** Random operations on an index, held against plain arrays after each of them. */
import { Arena, randomStream, Team } from '@hashgrad/kernels';
import { simHash } from '@hashgrad/lsh';
import { ExactIndex, MipsIndex, type SearchOptions, type SearchResult } from '../src/index.ts';
import type { Index, Kind } from './kinds.ts';

export interface ModelOptions {
  readonly kind: Kind;
  /** Vectors to be added, replaced and removed, all together, and 5 for each round. */
  readonly operations: number;
  readonly seed: number;
  /** Vectors that there are at most. */
  readonly most: number;
  /** Bytes of the memory; where it is full, an operation is refused, and must have changed nothing. */
  readonly capacity: number;
  readonly onRound?: (done: number) => void;
}

export interface ModelReport {
  readonly operations: number;
  readonly searches: number;
  readonly refused: number;
  readonly loads: number;
}

/** Coordinates of the vectors: small integers times a power of two, so that every product is exact and many are equal. */
const DIMENSIONS = 5;

/** @throws {Error} at the first difference. */
export function runModel(options: ModelOptions): ModelReport {
  const model = new Model(options);
  try {
    return model.run();
  } finally {
    model.close();
  }
}

class Model {
  readonly #options: ModelOptions;
  readonly #random: ReturnType<typeof randomStream>;
  readonly #team: Team;
  readonly #kept = new Map<number, Float32Array>();
  #index: Index;
  #next = 0;
  #done = 0;
  #searches = 0;
  #refused = 0;
  #loads = 0;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#random = randomStream(options.seed, `model of ${options.kind.name}`);
    this.#team = Team.single(new Arena({ shared: false, capacity: options.capacity }));
    this.#index = options.kind.make(DIMENSIONS, this.#team);
  }

  run(): ModelReport {
    const { operations, onRound } = this.#options;
    while (this.#done < operations) {
      this.#step();
      this.#compareIds();
      onRound?.(this.#done);
    }
    this.#compareVectors([...this.#kept.keys()]);
    return { operations: this.#done, searches: this.#searches, refused: this.#refused, loads: this.#loads };
  }

  close(): void {
    this.#index.close();
    this.#team[Symbol.dispose]();
    const { usedBytes } = this.#team.arena;
    if (usedBytes !== 0) throw new Error(`${usedBytes} bytes are not given back.`);
  }

  #step(): void {
    // Also where nothing fits any more the model comes to an end.
    this.#done += 5;
    const { most } = this.#options;
    const room = most - this.#kept.size;
    const what = this.#random.integer(100);
    if (room <= 0 || what < 18) this.#remove();
    else if (what < 50) this.#add(Math.min(room, this.#count()));
    else if (what < 68) this.#update();
    else if (what < 91) for (let i = 0; i < 2; i++) this.#search();
    else if (what < 98) this.#reload();
    else if (what < 99) this.#tune();
    else if (this.#random.integer(4) === 0) this.#removeAll();
  }

  /** Mostly few, sometimes up to 5,000. */
  #count(): number {
    return 1 + this.#random.integer(10 ** (1 + this.#random.integer(4)) / 2);
  }

  #add(count: number): void {
    const vectors = this.#vectors(count);
    const own = this.#random.integer(3) === 0;
    const ids = own ? this.#newIds(count) : undefined;
    const given = this.#tried(() => this.#index.add(vectors, ids));
    if (!given) return;
    const expected = ids ?? Uint32Array.from({ length: count }, (_, i) => this.#next + i);
    same('ids that add gave', [...given], [...expected]);
    this.#keep(given, vectors);
    for (const id of given) this.#next = Math.max(this.#next, id + 1);
  }

  #update(): void {
    const ids = this.#some();
    const vectors = this.#vectors(ids.length);
    if (this.#tried(() => this.#index.update(ids, vectors) ?? true)) this.#keep(ids, vectors);
  }

  /** Needs no memory: it is never refused. */
  #remove(): void {
    const ids = this.#some();
    this.#index.remove(ids);
    for (const id of ids) this.#kept.delete(id);
    this.#done += ids.length;
  }

  #removeAll(): void {
    this.#index.remove(this.#index.ids());
    this.#done += this.#kept.size;
    this.#kept.clear();
  }

  #reload(): void {
    const pieces = this.#index.toBytes();
    const query = this.#vectors(1);
    const before = this.#tried(() => this.#index.search(query, 30));
    const load = (): Index =>
      this.#index instanceof MipsIndex
        ? MipsIndex.load(pieces, { team: this.#team })
        : ExactIndex.load(pieces, { team: this.#team });
    const loaded = this.#tried(load);
    if (!loaded) return;
    this.#index.close();
    this.#index = loaded;
    this.#loads++;
    const after = before && this.#tried(() => loaded.search(query, 30));
    if (before && after && this.#options.kind.ordered)
      same('answers after load', plain(after), plain(before));
    this.#compareVectors([...this.#kept.keys()]);
  }

  #tune(): void {
    const index = this.#index;
    if (!(index instanceof MipsIndex) || index.size === 0) return;
    const { hashing } = index;
    if (hashing.method === 'signatures') {
      this.#tried(() => index.tune({ recall: 0.8, k: 3, sample: 2, bits: [64, 128] }));
      return;
    }
    if (hashing.family.kind !== 'simHash') return;
    const families = [hashing.family, simHash({ bits: 3, tables: 5 + this.#random.integer(4) })];
    this.#tried(() => index.tune({ recall: 0.8, k: 3, sample: 2, families }));
  }

  #search(): void {
    const { complete, all } = this.#options.kind;
    const query = this.#vectors(1);
    const k = 1 + this.#random.integer(this.#random.integer(2) === 0 ? 20 : this.#kept.size + 20);
    const { filter, passes } = this.#filter();
    const threshold = this.#random.integer(4) === 0 ? this.#random.integer(400) - 100 : undefined;
    const options = { ...all, filter, threshold };
    const found = this.#tried(() => this.#index.search(query, k, options));
    if (!found) return;
    this.#searches++;
    const rounding = this.#options.kind.int8 ? 2 ** -12 * Math.hypot(...query) * 127 * 16 : 0;
    const scores = new Map<number, number>();
    let passed = 0;
    for (const [id, vector] of this.#kept) {
      if (!passes(id)) continue;
      passed++;
      const score = product(vector, query);
      if (score >= (threshold ?? -Infinity) - rounding) scores.set(id, score);
    }
    const got = [...found.ids].map((id, i): [number, number] => [id, found.scores[i] as number]);
    for (const [id, score] of got) {
      if (!(Math.abs((scores.get(id) ?? NaN) - score) <= rounding))
        throw new Error(`Vector ${id} has ${scores.get(id)}; found with ${score}.`);
    }
    if (new Set(found.ids).size !== got.length) throw new Error('A vector was found twice.');
    same('the order of results', got, got.toSorted(order));
    if (complete) this.#compareBest(found, [...scores].toSorted(order).slice(0, k));
    else if (got.length > Math.min(k, this.#kept.size))
      throw new Error(`${got.length} found of ${k} wanted.`);
    // Where hash tables miss some of those that pass, the others are scored too.
    if (!this.#options.kind.ordered || (!complete && filter)) return;
    const fewer = this.#tried(() => this.#index.search(query, Math.ceil(k / 3), options));
    if (fewer) same('the results of a smaller k', plain(fewer), plain(found, fewer.ids.length));
  }

  /** No filter, or one that few, half or most pass, in one of its forms. */
  #filter(): { filter: SearchOptions['filter']; passes: (id: number) => boolean } {
    const form = this.#random.integer(6);
    if (form > 2) return { filter: undefined, passes: () => true };
    const part = 2 + this.#random.integer(30);
    const most = this.#random.integer(2) === 0;
    const passes = (id: number): boolean => (id % part === 0) !== most;
    const ids = [...this.#kept.keys()].filter(passes);
    if (form === 0) return { filter: passes, passes };
    if (form === 1) return { filter: new Set([...ids, 4_294_967_295]), passes };
    const small = ids.filter((id) => id < 2 ** 20);
    const bitmap = new Uint8Array(2 ** 17);
    for (const id of small) bitmap[id >> 3]! |= 1 << (id & 7);
    return { filter: bitmap, passes: (id) => id < 2 ** 20 && passes(id) };
  }

  #compareBest({ ids, scores }: SearchResult, best: readonly [number, number][]): void {
    same(
      'scores',
      [...scores],
      best.map(([, score]) => score),
    );
    if (!this.#options.kind.ordered) return;
    same(
      'ids found',
      [...ids],
      best.map(([id]) => id),
    );
  }

  /** What an operation gives; undefined if there was no room for it, in which case it must have changed nothing. */
  #tried<T>(operation: () => T): T | undefined {
    try {
      return operation();
    } catch (error) {
      if (!(error as Error).message.includes('No room for an array')) throw error;
      this.#refused++;
      this.#compareVectors([...this.#kept.keys()].slice(-500));
      return undefined;
    }
  }

  #compareIds(): void {
    const { size } = this.#index;
    if (size !== this.#kept.size)
      throw new Error(`${this.#kept.size} vectors are there; its size is ${size}.`);
    const ids = this.#index.ids();
    if (ids.length !== size) throw new Error(`${size} vectors have ${ids.length} ids.`);
    for (const [i, id] of ids.entries()) {
      if (!this.#kept.has(id)) throw new Error(`Vector ${id} is not there any more.`);
      if (i > 0 && id <= (ids[i - 1] as number))
        throw new Error(`Vector ${id} comes twice, or out of order.`);
    }
  }

  #compareVectors(ids: readonly number[]): void {
    for (const id of ids) {
      const vector = this.#index.get(id);
      same(`vector ${id}`, [...(vector ?? [])], [...(this.#kept.get(id) ?? [])]);
    }
  }

  #keep(ids: ArrayLike<number>, vectors: Float32Array): void {
    for (let i = 0; i < ids.length; i++) {
      this.#kept.set(ids[i] as number, vectors.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS));
    }
    this.#compareVectors(Array.from(ids).slice(-20));
    this.#done += ids.length;
  }

  /** Some of the ids that there are. */
  #some(): number[] {
    const ids = [...this.#kept.keys()];
    const count = Math.min(ids.length, this.#count());
    const first = this.#random.integer(ids.length - count + 1);
    // The latest, the oldest, or those between.
    return ids.slice(first, first + count);
  }

  /** Ids of one's own: some that were removed, some that leave gaps. */
  #newIds(count: number): Uint32Array {
    const ids = new Set<number>();
    const span = this.#random.integer(2) === 0 ? this.#next + 2 * count : 2 ** 31;
    while (ids.size < count) {
      const id = this.#random.integer(span + 1);
      if (!this.#kept.has(id)) ids.add(id);
    }
    return Uint32Array.from(ids);
  }

  #vectors(count: number): Float32Array {
    const vectors = new Float32Array(count * DIMENSIONS);
    // Some batches have one length, so that blocks become full at the same time.
    const length = this.#random.integer(3) === 0 ? 2 ** this.#random.integer(5) : 0;
    for (let i = 0; i < count; i++) {
      const size = length || 2 ** this.#random.integer(5);
      for (let j = 0; j < DIMENSIONS; j++) vectors[i * DIMENSIONS + j] = size * (this.#random.integer(9) - 4);
      // The greatest code, so that all others are whole.
      if (this.#options.kind.int8) vectors[i * DIMENSIONS + this.#random.integer(DIMENSIONS)] = 127 * size;
    }
    return vectors;
  }
}

/** Best first, among equals those with lower ids. */
function order(a: readonly [number, number], b: readonly [number, number]): number {
  return b[1] - a[1] || a[0] - b[0];
}

function plain({ ids, scores }: SearchResult, count: number = ids.length): [number, number][] {
  return [...ids.subarray(0, count)].map((id, i) => [id, scores[i] as number]);
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

/** @throws {Error} naming the first difference of two lists. */
function same(what: string, found: readonly unknown[], expected: readonly unknown[]): void {
  for (let i = 0; i < Math.max(found.length, expected.length); i++) {
    if (String(found[i]) !== String(expected[i])) {
      throw new Error(
        `${what} differ at ${i} of ${expected.length}: ${String(found[i])}, not ${String(expected[i])}.`,
      );
    }
  }
}
