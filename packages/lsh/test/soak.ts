/** A long life of hash tables: random edits and queries of every kind, each answer held against plain lists. */
import { randomStream, type Team } from '@hashgrad/kernels';
import { inclusionProbability, type QueryOptions } from '../src/index.ts';
import { makeModel, type Model, type ModelKind } from './table-models.ts';

export interface SoakOptions {
  /** Edits and queries, two of five being edits. */
  readonly operations: number;
  readonly seed: number;
  readonly team: Team;
  /** Default 'editable'. */
  readonly kind?: ModelKind;
  readonly items?: number;
  readonly tables?: number;
  readonly buckets?: number;
  /** Called after each thousandth of the operations. */
  readonly onProgress?: (done: number) => void;
}

export interface SoakReport {
  /** How many there were of each kind. */
  readonly edits: Readonly<Record<string, number>>;
  readonly queries: number;
  /** Ids that queries found. */
  readonly found: number;
  /** Times that the tables were saved, loaded and replaced by what was loaded, after all buckets were compared. */
  readonly reloads: number;
}

const RELOAD_EVERY = 2000;
/** Queries of a call, at most. */
const MOST_QUERIES = 3;

/** What one query is to give. */
interface Expected {
  readonly ids: readonly number[];
  readonly collisions: readonly number[];
  readonly candidates: number;
  readonly visited: number;
}

/** @throws {Error} that says which operation differed, and how. */
export function soak(options: SoakOptions): SoakReport {
  const { operations, seed, team, kind = 'editable', items = 1000, tables = 6, buckets = 50 } = options;
  const { arena } = team;
  const random = randomStream(seed, 'soak');
  let now = 0;
  const drawCode = (): number => {
    const popular = Math.floor(now / 20_000) % buckets;
    return random.integer(3) === 0 ? (popular + random.integer(2)) % buckets : random.integer(buckets);
  };
  const model = makeModel(kind, { items, tables, buckets }, team, random, drawCode);
  const memory = {
    codes: arena.uint32(tables * 2 * MOST_QUERIES),
    ids: arena.int32(items * MOST_QUERIES),
    collisions: arena.int32(items * MOST_QUERIES),
    lengths: arena.int32(MOST_QUERIES),
    candidates: arena.int32(MOST_QUERIES),
    visited: arena.int32(MOST_QUERIES),
    forced: arena.int32(8 * MOST_QUERIES),
    forcedOffsets: arena.int32(MOST_QUERIES + 1),
  };
  const inclusion = new Float64Array(items * MOST_QUERIES);
  const edits: Record<string, number> = {};
  const report = { edits, queries: 0, found: 0, reloads: 0 };
  const counts = new Int32Array(items);

  const query = (): void => {
    const count = 1 + Math.max(0, random.integer(10) - 7);
    const probes = 1 + random.integer(2);
    const limit = random.integer(3) === 0 ? items : 1 + random.integer(30);
    const codes = memory.codes.subarray(0, tables * probes * count);
    for (let t = 0; t < tables; t++) {
      for (let s = 0; s < count; s++) {
        const code = drawCode();
        for (let p = 0; p < probes; p++) codes[(t * probes + p) * count + s] = (code + p) % buckets;
      }
    }
    const lists = Array.from({ length: count }, () =>
      random.integer(4) === 0 ? Array.from({ length: random.integer(8) }, () => random.integer(items)) : [],
    );
    memory.forced.set(lists.flat());
    for (const [s, list] of lists.entries()) {
      memory.forcedOffsets[s + 1] = memory.forcedOffsets[s]! + list.length;
    }
    const asked: QueryOptions = {
      limit,
      probes,
      rank: random.integer(3) === 0 ? 'union' : 'count',
      minCollisions: 1 + random.integer(3),
      ascending: random.integer(3) === 0,
      forced: { offsets: memory.forcedOffsets, ids: memory.forced },
      collisionProbability: (s, id) => ((s + 1) * (id + 1)) / (MOST_QUERIES + 1) / (items + 1),
    };
    // They take longer than all else.
    const weighed = random.integer(10) === 0;
    model.tables.query(codes, count, asked, weighed ? { ...memory, inclusion } : memory);
    for (let s = 0; s < count; s++) {
      const own = Array.from({ length: tables * probes }, (_, i) => codes[i * count + s]!);
      check(s, asked, weighed, search(model, own, lists[s]!, asked, counts));
    }
    report.queries += count;
  };

  const check = (s: number, asked: QueryOptions, weighed: boolean, expected: Expected): void => {
    const { limit, rank, minCollisions } = asked;
    const length = memory.lengths[s]!;
    let same =
      length === expected.ids.length &&
      memory.candidates[s] === expected.candidates &&
      memory.visited[s] === expected.visited;
    const cut = rank === 'count' && expected.candidates > limit;
    for (let i = 0; same && i < length; i++) {
      const at = s * limit + i;
      const id = memory.ids[at]!;
      same = id === expected.ids[i] && memory.collisions[at] === expected.collisions[i];
      if (!weighed) continue;
      const p = asked.collisionProbability!(s, id);
      const law = cut ? Number.NaN : inclusionProbability(p, expected.visited, minCollisions);
      same &&= Object.is(inclusion[at], expected.collisions[i] === 0 ? 1 : law);
    }
    if (!same) {
      throw new Error(
        `Operation ${now}, ${JSON.stringify({ ...asked, forced: 'some' })}: expected ${expected.candidates} candidates in ` +
          `${expected.visited} tables and ids ${expected.ids.join()} with collisions ${expected.collisions.join()}; got ` +
          `${memory.candidates[s]} in ${memory.visited[s]} and ` +
          `${memory.ids.subarray(s * limit, s * limit + length).join()} with ` +
          `${memory.collisions.subarray(s * limit, s * limit + length).join()}.`,
      );
    }
    report.found += length;
  };

  for (now = 1; now <= operations; now++) {
    if (random.integer(5) < 2) {
      const name = model.edit(now);
      edits[name] = (edits[name] ?? 0) + 1;
    } else query();
    const { size } = model.tables as { size?: number };
    if (size !== model.size) throw new Error(`Operation ${now}: expected ${model.size} items; got ${size}.`);
    if (now % RELOAD_EVERY === 0) {
      model.reload();
      compare(model);
      report.reloads++;
    }
    if (options.onProgress && now % Math.ceil(operations / 1000) === 0) options.onProgress(now);
  }
  compare(model);
  model.close();
  for (const view of Object.values(memory)) arena.free(view);
  return report;
}

/** @throws {Error} if a bucket differs from the model's. */
function compare(model: Model): void {
  const { tables, buckets } = model.tables;
  for (let t = 0; t < tables; t++) {
    for (let code = 0; code < buckets; code++) {
      const [expected, got] = [model.bucket(t, code).join(), model.tables.bucket(t, code).join()];
      if (got !== expected) {
        throw new Error(`Bucket ${code} of table ${t}: expected ids ${expected}; got ${got}.`);
      }
    }
  }
}

/** Looks a query up in the model's buckets: tables, then codes, then ids, as they are met. */
function search(
  model: Model,
  codes: readonly number[],
  forced: readonly number[],
  { limit, rank, minCollisions = 1, probes = 1, ascending }: QueryOptions,
  counts: Int32Array,
): Expected {
  const { tables } = model.tables;
  counts.fill(0);
  const met: number[] = [];
  // Above all that collide.
  const first = tables + 1;
  for (const id of forced) {
    if (counts[id] !== 0 || met.length >= limit) continue;
    counts[id] = first;
    met.push(id);
  }
  let [visited, reached] = [0, met.length];
  for (; visited < tables; visited++) {
    if (rank === 'union' && reached >= limit) break;
    for (let p = 0; p < probes; p++) {
      for (const id of model.bucket(visited, codes[visited * probes + p]!)) {
        if (counts[id]! >= tables) continue;
        const count = ++counts[id]!;
        if (count === 1) met.push(id);
        if (count === minCollisions) reached++;
      }
    }
  }
  let ids = met.filter((id) => counts[id]! >= minCollisions);
  const candidates = ids.length;
  if (rank === 'count' && candidates > limit) {
    const place = new Map(ids.map((id, i) => [id, i]));
    const best = ids.toSorted((a, b) => counts[b]! - counts[a]! || place.get(a)! - place.get(b)!);
    ids = best.slice(0, limit).toSorted((a, b) => place.get(a)! - place.get(b)!);
  } else ids = ids.slice(0, limit);
  if (ascending) ids.sort((a, b) => a - b);
  return { ids, collisions: ids.map((id) => (counts[id] === first ? 0 : counts[id]!)), candidates, visited };
}
