/** The jobs of hash tables, for jobs.ts. */
import { buildTables, NONE } from '../src/reference/index.ts';
import { codes, lists } from './data.ts';
import type { Job } from './jobs.ts';
import { COUNT, choicesAt, type Setup } from './setup.ts';

type Kernel =
  | 'buildBitmaps'
  | 'buildTables'
  | 'countBitmaps'
  | 'editTables'
  | 'feedBuckets'
  | 'lookup'
  | 'sortIds';

export const TABLE_JOBS: { readonly [K in Kernel]: (setup: Setup) => Job<K> } = {
  buildBitmaps(setup) {
    const [tables, count, buckets] = [13, 200, 16];
    const bitmaps = setup.arena.int32((tables * buckets * setup.arena.kernels.bitmapBytes(count)) / 4);
    const given = setup.idsAt(codes(setup.random, tables * count, buckets));
    return { args: [setup.at(bitmaps), given, count, count, buckets], items: tables, outputs: [bitmaps] };
  },
  countBitmaps(setup) {
    const [tables, count, buckets, limit] = [13, 200, 8, 20];
    const { kernels } = setup.arena;
    const bitmaps = setup.arena.int32((tables * buckets * kernels.bitmapBytes(count)) / 4);
    const given = setup.idsAt(codes(setup.random, tables * count, buckets));
    kernels.buildBitmaps(setup.at(bitmaps), given, count, count, buckets, 0, tables);
    const queries = setup.idsAt(codes(setup.random, tables * COUNT, buckets));
    const ids = setup.arena.int32(COUNT * limit);
    const [lengths, candidates] = [setup.arena.int32(COUNT), setup.arena.int32(COUNT)];
    const found = [setup.at(ids), setup.at(lengths), setup.at(candidates)] as const;
    const held = [setup.at(bitmaps), buckets, tables, count, limit, 2] as const;
    return {
      args: [...found, queries, COUNT, 1, ...held],
      items: COUNT,
      scratch: kernels.countBitmapsScratchBytes(count, tables, 1),
      outputs: [ids, lengths, candidates],
    };
  },
  buildTables(setup) {
    const [tables, count, buckets] = [13, 90, 16];
    const starts = setup.arena.int32(tables * (buckets + 1));
    const items = setup.arena.int32(tables * count);
    const given = setup.idsAt(codes(setup.random, tables * count, buckets));
    return {
      args: [setup.at(starts), setup.at(items), count, given, count, count, buckets],
      items: tables,
      outputs: [starts, items],
    };
  },
  editTables(setup) {
    const [tables, count, buckets, edits] = [13, 90, 16, 7];
    const bounds = setup.arena.int32(tables * buckets * 3);
    const tails = setup.arena.int32(tables);
    const slots = setup.arena.int32(tables * setup.arena.kernels.editSlots(count));
    const own = setup.arena.uint32(tables * count).fill(NONE);
    const ids = setup.idsAt(Array.from({ length: edits }, (_, i) => 11 * i));
    const given = setup.idsAt(codes(setup.random, tables * edits, buckets));
    const held = [setup.at(bounds), setup.at(tails), setup.at(slots), setup.at(own)] as const;
    return {
      args: [...held, count, buckets, ids, given, edits],
      items: tables,
      outputs: [bounds, tails, slots, own],
    };
  },
  feedBuckets(setup) {
    const [tables, count, buckets, capacity] = [13, 90, 4, 5];
    const bounds = setup.arena.int32(tables * buckets * 3);
    for (let i = 0; i < bounds.length; i += 3) bounds.fill(((i / 3) % buckets) * capacity, i, i + 2);
    const slots = setup.arena.int32(tables * buckets * capacity);
    const streams = setup.arena.uint32(2 * tables);
    for (let i = 0; i < streams.length; i++) streams[i] = i;
    const given = setup.idsAt(codes(setup.random, tables * count, buckets));
    const held = [setup.at(bounds), setup.at(slots), capacity, buckets] as const;
    return {
      args: [...held, setup.at(streams), 1, 0, given, count, count],
      items: tables,
      outputs: [bounds, slots, streams],
    };
  },
  lookup(setup) {
    const [count, tables, buckets, limit] = [200, 6, 16, 20];
    const built = buildTables(codes(setup.random, tables * count, buckets), tables, count, buckets);
    const queries = setup.idsAt(codes(setup.random, tables * COUNT, buckets));
    const ids = setup.arena.int32(COUNT * limit);
    const collisions = setup.arena.int32(COUNT * limit);
    const [lengths, candidates] = [setup.arena.int32(COUNT), setup.arena.int32(COUNT)];
    const [starts, items] = [setup.idsAt(built.starts), setup.idsAt(built.items)];
    const forced = choicesAt(setup, lists(setup.random, COUNT, count, 3));
    const found = [ids, lengths, collisions, candidates] as const;
    const [idsAt, lengthsAt, collisionsAt, candidatesAt] = found.map((array) => setup.at(array));
    const visited = setup.arena.int32(COUNT);
    const asked = [candidatesAt, setup.at(visited), queries, COUNT, 1] as const;
    const held = [starts, 1, buckets + 1, items, count] as const;
    const shape = [tables, count, limit, 2, 1] as const;
    return {
      args: [idsAt, lengthsAt, collisionsAt, ...asked, ...held, ...shape, ...forced],
      items: COUNT,
      scratch: setup.arena.kernels.lookupScratchBytes(count, tables),
      outputs: [...found, visited],
    };
  },
  sortIds(setup) {
    const { offsets, ids } = lists(setup.random, COUNT, 150, 40);
    const table = setup.arena.int32(COUNT * 40);
    const lengths = setup.arena.int32(COUNT);
    for (let s = 0; s < COUNT; s++) {
      table.set(ids.subarray(offsets[s], offsets[s + 1]), s * 40);
      lengths[s] = offsets[s + 1] - offsets[s];
    }
    return {
      args: [setup.at(table), 40, setup.at(lengths), 150],
      items: COUNT,
      scratch: 8 * Math.ceil(150 / 64),
      outputs: [table],
    };
  },
};
