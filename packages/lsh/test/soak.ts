/** A long life of editable tables: random edits and queries, every answer held against a search through all items. */
import { type RandomStream, randomStream, type Team } from '@hashgrad/kernels';
import { HashTables, type QueryOptions } from '../src/index.ts';

export interface SoakOptions {
  /** Calls of insert, update, remove and query. */
  readonly operations: number;
  readonly seed: number;
  readonly team: Team;
  readonly items?: number;
  readonly tables?: number;
  readonly buckets?: number;
  /** Called after each thousandth of the operations. */
  readonly onProgress?: (done: number) => void;
}

export interface SoakReport {
  readonly inserts: number;
  readonly updates: number;
  readonly removes: number;
  readonly queries: number;
  /** Ids that queries found. */
  readonly found: number;
  /** Times that the tables were saved, loaded and replaced by what was loaded. */
  readonly reloads: number;
}

const MOST_IDS = 8;
/** Every so many operations there is one edit of many items, and a reload every so many. */
const BULK_EVERY = 5000;
const RELOAD_EVERY = 100_000;

/** @throws {Error} that says which operation differed, and how. */
export function soak(options: SoakOptions): SoakReport {
  const { operations, seed, team, items = 1000, tables = 6, buckets = 50, onProgress } = options;
  const { arena } = team;
  const random = randomStream(seed, 'soak');
  let index = new HashTables({ items, tables, buckets, editable: true, team });
  /** codes[id * tables + t], and whether the item is there: all that the search needs. */
  const truth = new Int32Array(items * tables).fill(-1);
  const live: number[] = [];
  const placeOf = new Int32Array(items).fill(-1);
  const absent = Array.from({ length: items }, (_, id) => id);
  const memory = {
    ids: arena.int32(items),
    codes: arena.uint32(items * tables),
    found: arena.int32(items),
    collisions: arena.int32(items),
    lengths: arena.int32(1),
    candidates: arena.int32(1),
    visited: arena.int32(1),
  };
  const report = { inserts: 0, updates: 0, removes: 0, queries: 0, found: 0, reloads: 0 };
  const counts = new Int32Array(items);

  const drawCode = (step: number): number => {
    // What is popular moves, so that buckets grow and shrink.
    const popular = Math.floor(step / 20_000) % buckets;
    return random.integer(3) === 0 ? (popular + random.integer(2)) % buckets : random.integer(buckets);
  };
  const drawCodes = (ids: readonly number[], step: number): [Int32Array, Uint32Array] => {
    const view = memory.ids.subarray(0, ids.length);
    const codes = memory.codes.subarray(0, ids.length * tables);
    view.set(ids);
    for (let i = 0; i < codes.length; i++) codes[i] = drawCode(step);
    return [view, codes];
  };
  const setTruth = (ids: Int32Array, codes: Uint32Array): void => {
    for (let i = 0; i < ids.length; i++) {
      for (let t = 0; t < tables; t++) truth[ids[i]! * tables + t] = codes[t * ids.length + i]!;
    }
  };

  const insert = (count: number, step: number): void => {
    const ids: number[] = [];
    for (let i = 0; i < count && absent.length > 0; i++) {
      const id = take(absent, random);
      placeOf[id] = live.push(id) - 1;
      ids.push(id);
    }
    const given = drawCodes(ids, step);
    index.insert(...given);
    setTruth(...given);
    report.inserts++;
  };
  const update = (count: number, step: number): void => {
    if (live.length === 0) return;
    const ids = Array.from({ length: count }, () => live[random.integer(live.length)]!);
    const given = drawCodes(ids, step);
    index.update(...given);
    setTruth(...given);
    report.updates++;
  };
  const remove = (count: number): void => {
    const ids: number[] = [];
    for (let i = 0; i < count && live.length > 0; i++) {
      const id = take(live, random, placeOf);
      absent.push(id);
      ids.push(id);
      truth.fill(-1, id * tables, (id + 1) * tables);
    }
    memory.ids.set(ids);
    index.remove(memory.ids.subarray(0, ids.length));
    report.removes++;
  };

  const query = (step: number): void => {
    const probes = 1 + random.integer(2);
    const least = 1 + random.integer(3);
    const limit = random.integer(3) === 0 ? items : 1 + random.integer(30);
    const rank = random.integer(3) === 0 ? 'union' : 'count';
    const codes = memory.codes.subarray(0, tables * probes);
    for (let t = 0; t < tables; t++) {
      const code = drawCode(step);
      for (let p = 0; p < probes; p++) codes[t * probes + p] = (code + p) % buckets;
    }
    const result = { ...memory, ids: memory.found };
    const asked: QueryOptions = { limit, rank, least, probes };
    index.query(codes, 1, asked, result);
    const expected = search(codes, asked);
    const length = memory.lengths[0]!;
    let same =
      length === expected.ids.length &&
      memory.candidates[0] === expected.candidates &&
      memory.visited[0] === expected.visited;
    for (let i = 0; same && i < length; i++) {
      same = memory.found[i] === expected.ids[i] && memory.collisions[i] === counts[memory.found[i]!];
    }
    if (!same) {
      throw new Error(
        `Operation ${step}, ${JSON.stringify(asked)}: expected ${expected.candidates} candidates in ` +
          `${expected.visited} tables and ids ${expected.ids.join()}; got ${memory.candidates[0]} in ` +
          `${memory.visited[0]} and ${memory.found.subarray(0, length).join()}.`,
      );
    }
    report.queries++;
    report.found += length;
  };

  /** Every item's codes are compared with the query's: tables, then codes, then ids ascending, as buckets are met. */
  const search = (
    codes: Uint32Array,
    { limit, rank, least = 1, probes = 1 }: QueryOptions,
  ): { ids: number[]; candidates: number; visited: number } => {
    counts.fill(0);
    const met: number[] = [];
    let [visited, reached] = [0, 0];
    for (; visited < tables; visited++) {
      if (rank === 'union' && reached >= limit) break;
      for (let p = 0; p < probes; p++) {
        const code = codes[visited * probes + p]!;
        for (let id = 0; id < items; id++) {
          if (truth[id * tables + visited] !== code) continue;
          const count = ++counts[id]!;
          if (count === 1) met.push(id);
          if (count === least) reached++;
        }
      }
    }
    let ids = met.filter((id) => counts[id]! >= least);
    const candidates = ids.length;
    if (rank === 'count' && candidates > limit) {
      const place = new Map(ids.map((id, i) => [id, i]));
      const best = ids.toSorted((a, b) => counts[b]! - counts[a]! || place.get(a)! - place.get(b)!);
      ids = best.slice(0, limit).toSorted((a, b) => place.get(a)! - place.get(b)!);
    } else ids = ids.slice(0, limit);
    return { ids, candidates, visited };
  };

  for (let step = 1; step <= operations; step++) {
    // Times of growth and of decline.
    const growing = Math.floor(step / 7000) % 2 === 0;
    const count = random.integer(4) === 0 ? 1 + random.integer(MOST_IDS) : 1;
    const choice = random.integer(10);
    if (step % BULK_EVERY === 0) insert(items, step);
    else if (step % BULK_EVERY === BULK_EVERY / 2) remove(Math.floor(items / 2));
    else if (choice < 2) (growing ? insert : remove)(count, step);
    else if (choice < 3) (growing ? remove : insert)(count, step);
    else if (choice < 6) update(count, step);
    else query(step);
    if (index.size !== live.length) {
      throw new Error(`Operation ${step}: expected ${live.length} items; got ${index.size}.`);
    }
    if (step % RELOAD_EVERY === 0) {
      const { tables: loaded } = HashTables.fromBytes(index.toBytes(), { team });
      index[Symbol.dispose]();
      index = loaded;
      report.reloads++;
    }
    if (onProgress && step % Math.ceil(operations / 1000) === 0) onProgress(step);
  }
  index[Symbol.dispose]();
  for (const view of Object.values(memory)) arena.free(view);
  return report;
}

/** A random element of the list, whose place its last element takes. */
function take(list: number[], random: RandomStream, placeOf?: Int32Array): number {
  const place = random.integer(list.length);
  const [taken, last] = [list[place]!, list.pop()!];
  if (place < list.length) {
    list[place] = last;
    if (placeOf) placeOf[last] = place;
  }
  return taken;
}
