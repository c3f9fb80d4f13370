/** Hash tables: built, edited, fed and asked. */
import type { Arena } from '../memory/arena.ts';
import type { Team } from '../threads/team.ts';
import { addressOf } from './record.ts';
import { checkRoom, listsSpan, rowsSpan } from './room.ts';

/** Words of the record of a bucket that can be edited or fed. */
const RECORD = 3;

/** Codes of items: that of item i in table t is codes[t * codeStride + i]. They are not checked. */
export interface Coded {
  readonly codes: Uint32Array;
  readonly codeStride: number;
}

/**
 * Builds `tables` tables over items 0 to items - 1: bucket b of table t becomes slots[t * slotStride + i] for i from
 * bounds[t * (buckets + 1) + b] to the word after it, ascending.
 * @throws {RangeError} if an array has too few elements.
 */
export function buildTables(
  team: Team,
  build: Coded & {
    readonly bounds: Int32Array;
    readonly slots: Int32Array;
    readonly slotStride: number;
    readonly items: number;
    /** Codes are below. */
    readonly buckets: number;
  },
  tables: number,
): void {
  const { arena } = team;
  const { bounds, slots, slotStride, codes, codeStride, items, buckets } = build;
  checkRoom('buildTables', 'bounds', bounds, tables * (buckets + 1));
  checkRoom('buildTables', 'slots', slots, rowsSpan(tables, slotStride, items));
  checkRoom('buildTables', 'codes', codes, rowsSpan(tables, codeStride, items));
  const made = [arena.address(bounds), arena.address(slots), slotStride] as const;
  team.run('buildTables', [...made, arena.address(codes), codeStride, items, buckets], tables, { grain: 1 });
}

/** The largest of the first `count` codes; 0 if there are none. @throws {RangeError} if there are fewer. */
export function largestCode({ arena }: Team, codes: Uint32Array, count: number): number {
  checkRoom('largestCode', 'codes', codes, count);
  // >>> 0 because WebAssembly gives numbers from 2^31 on as negative ones.
  return arena.kernels.largestCode(arena.address(codes), count) >>> 0;
}

/**
 * How many items are in the buckets that `count` queries ask, each item as often as it is there.
 * @throws {RangeError} if an array has too few elements.
 */
export function countEntries(
  { arena }: Team,
  asked: {
    readonly tables: AskedTables;
    /** Query s has codes[(t * probes + p) * count + s] in table t. They are not checked. */
    readonly codes: Uint32Array;
    readonly probes: number;
    /** How many tables each query asks. None: all. */
    readonly visited?: Int32Array | undefined;
  },
  count: number,
): number {
  const { codes, probes, visited } = asked;
  const { bounds, boundStride, tableStride, tables } = asked.tables;
  checkRoom('countEntries', 'codes', codes, tables * probes * count);
  if (visited) checkRoom('countEntries', 'visited', visited, count);
  const held = [arena.address(bounds), boundStride, tableStride] as const;
  const by = [arena.address(codes), tables, probes, addressOf(arena, visited)] as const;
  return arena.kernels.countEntries(...held, ...by, count);
}

/** Slots of a table over so many items that can be edited. */
export function editSlots(arena: Arena, items: number): number {
  return arena.kernels.editSlots(items);
}

/**
 * Gives items other codes in `tables` tables that can be edited: their records in `bounds`, three words a bucket, and in
 * tails[t] how many of a table's editSlots(items) slots are taken. Item ids[i] gets given[t * ids.length + i], or leaves its
 * buckets where `given` is left out. Without `ids` the tables are laid out anew from their codes.
 * @throws {RangeError} if an array has too few elements.
 */
export function editTables(
  team: Team,
  edit: {
    readonly bounds: Int32Array;
    readonly tails: Int32Array;
    readonly slots: Int32Array;
    /** tables x items; 2^32 - 1 for items that are in no bucket. */
    readonly codes: Uint32Array;
    readonly items: number;
    readonly buckets: number;
    /** They are not checked, and nor are the given codes. */
    readonly ids?: Int32Array | undefined;
    readonly given?: Uint32Array | undefined;
  },
  tables: number,
): void {
  const { arena } = team;
  const { bounds, tails, slots, codes, items, buckets, ids, given } = edit;
  const edits = ids?.length ?? 0;
  checkRoom('editTables', 'bounds', bounds, tables * buckets * RECORD);
  checkRoom('editTables', 'tails', tails, tables);
  checkRoom('editTables', 'slots', slots, tables * editSlots(arena, items));
  checkRoom('editTables', 'codes', codes, tables * items);
  if (given) checkRoom('editTables', 'given', given, tables * edits);
  const held = [
    arena.address(bounds),
    arena.address(tails),
    arena.address(slots),
    arena.address(codes),
  ] as const;
  const changes = [addressOf(arena, ids), addressOf(arena, given), edits] as const;
  team.run('editTables', [...held, items, buckets, ...changes], tables, { grain: 1 });
}

/**
 * Adds `items` items to `tables` tables whose buckets hold `capacity` items: item ids[i] (i itself without `ids`) to bucket
 * codes[t * codeStride + i] of table t. Full buckets replace their oldest item, or where `reservoir` one at random.
 * @throws {RangeError} if an array has too few elements.
 */
export function feedBuckets(
  team: Team,
  feed: Coded & {
    /** Three words a bucket: where its items start and end, and how many it has seen. */
    readonly bounds: Int32Array;
    /** `buckets` * `capacity` a table. */
    readonly slots: Int32Array;
    readonly capacity: number;
    readonly buckets: number;
    /** The state of each table's random stream, two words. */
    readonly states: Uint32Array;
    readonly reservoir: boolean;
    readonly ids?: Int32Array | undefined;
    readonly items: number;
  },
  tables: number,
): void {
  const { arena } = team;
  const { bounds, slots, capacity, buckets, states, reservoir, ids, codes, codeStride, items } = feed;
  checkRoom('feedBuckets', 'bounds', bounds, tables * buckets * RECORD);
  checkRoom('feedBuckets', 'slots', slots, tables * buckets * capacity);
  checkRoom('feedBuckets', 'states', states, 2 * tables);
  checkRoom('feedBuckets', 'codes', codes, rowsSpan(tables, codeStride, items));
  if (ids) checkRoom('feedBuckets', 'ids', ids, items);
  const held = [arena.address(bounds), arena.address(slots), capacity, buckets] as const;
  const how = [arena.address(states), Number(reservoir)] as const;
  const given = [addressOf(arena, ids), arena.address(codes), codeStride, items] as const;
  team.run('feedBuckets', [...held, ...how, ...given], tables, { grain: 1 });
}

/** Where the buckets are that queries ask. */
export interface AskedTables {
  /** Bucket b of table t is slots[t * slotStride + i] for i from bounds[t * tableStride + b * boundStride] to the word after it. */
  readonly bounds: Int32Array;
  readonly boundStride: number;
  readonly tableStride: number;
  readonly slots: Int32Array;
  readonly slotStride: number;
  readonly tables: number;
  /** Ids are below. */
  readonly items: number;
}

/**
 * The items in the buckets of `count` queries' codes, at most `limit` a query: those with the most collisions, among equals
 * those met first, or if not `ranked` the union of tables, visited in order until there are enough.
 * @throws {RangeError} if an array has too few elements.
 */
export function lookup(
  team: Team,
  asked: {
    /** Query s has its items from s * limit on, in the order met. */
    readonly ids: Int32Array;
    readonly lengths: Int32Array;
    /** Laid out as `ids`. */
    readonly collisions?: Int32Array | undefined;
    /** How many items each query met in the tables that it visited. */
    readonly candidates: Int32Array;
    /** How many tables each query visited. */
    readonly visited?: Int32Array | undefined;
    /** Query s has codes[(t * probes + p) * codeStride + s] in table t, all different. They are not checked. */
    readonly codes: Uint32Array;
    readonly codeStride: number;
    readonly probes: number;
    readonly tables: AskedTables;
    readonly limit: number;
    /** Collisions of an item that is found, 1 or more. */
    readonly minCollisions: number;
    readonly ranked: boolean;
    /** Items that each query gets first, met or not. */
    readonly forced?: { readonly offsets: Int32Array; readonly ids: Int32Array } | undefined;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, lengths, collisions, candidates, visited, codes, codeStride, probes, limit, forced } = asked;
  const { bounds, boundStride, tableStride, slots, slotStride, tables, items } = asked.tables;
  checkRoom('lookup', 'ids', ids, count * limit);
  checkRoom('lookup', 'lengths', lengths, count);
  if (collisions) checkRoom('lookup', 'collisions', collisions, count * limit);
  checkRoom('lookup', 'candidates', candidates, count);
  if (visited) checkRoom('lookup', 'visited', visited, count);
  checkRoom('lookup', 'codes', codes, rowsSpan(tables * probes, codeStride, count));
  checkRoom('lookup', 'bounds', bounds, tables * tableStride);
  if (forced) checkRoom('lookup', 'forced', forced.ids, listsSpan('lookup', forced.offsets, count));
  const found = [arena.address(ids), arena.address(lengths), addressOf(arena, collisions)] as const;
  const counts = [arena.address(candidates), addressOf(arena, visited)] as const;
  const buckets = [
    arena.address(bounds),
    boundStride,
    tableStride,
    arena.address(slots),
    slotStride,
  ] as const;
  const rules = [tables, items, limit, asked.minCollisions, Number(asked.ranked)] as const;
  const first = [addressOf(arena, forced?.offsets), addressOf(arena, forced?.ids)] as const;
  team.run(
    'lookup',
    [...found, ...counts, arena.address(codes), codeStride, probes, ...buckets, ...rules, ...first],
    count,
    // >>> 0 because WebAssembly gives sizes above 2 GiB as negative numbers.
    { scratch: arena.kernels.lookupScratchBytes(items, tables) >>> 0 },
  );
}

/**
 * Sorts each of `count` lists in place: ids[s * stride] to ids[s * stride + lengths[s] - 1], all different.
 * @throws {RangeError} if an array has too few elements.
 */
export function sortIds(
  team: Team,
  sorted: {
    readonly ids: Int32Array;
    readonly stride: number;
    readonly lengths: Int32Array;
    /** Ids are below. */
    readonly items: number;
  },
  count: number,
): void {
  const { arena } = team;
  const { ids, stride, lengths, items } = sorted;
  checkRoom('sortIds', 'ids', ids, rowsSpan(count, stride, Math.min(1, stride)));
  checkRoom('sortIds', 'lengths', lengths, count);
  team.run('sortIds', [arena.address(ids), stride, arena.address(lengths), items], count, {
    scratch: Math.ceil(items / 64) * 8,
    size: stride,
  });
}
