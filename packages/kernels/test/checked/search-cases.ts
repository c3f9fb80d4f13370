/** A small call of each op of searches, with outputs that just fit, by op. */
import {
  bestBytes,
  bestOfRows,
  blockBytes,
  BlockGroups,
  BlockRecords,
  BlockVectors,
  copyPlaces,
  fillBlock,
  nearestSignatures,
  nearestToCentres,
  signatureBytes,
  pairPlaces,
  projectPlaces,
  quantizeQueries,
  quantizeRows,
  routePlaces,
  scanInt8,
  scanRows,
  ScanVectors,
  scoreLists,
  scorePlaces,
  searchBlocks,
  StagedVectors,
  sumDirections,
  topK,
  type View,
} from '../../src/index.ts';
import { type Inputs, one, type OpCase } from './op-cases.ts';

/** Five vectors of 20 coordinates, laid for scans. */
function scanned(i: Inputs): { vectors: ScanVectors; int8: Readonly<Record<string, View>> } {
  const int8 = {
    codes: i.arena.uint8(5 * 32),
    scales: i.arena.float32(5),
    errors: i.arena.float32(5),
    sums: i.arena.int32(5),
  };
  const vectors = new ScanVectors(i.arena, i.arena.int32(ScanVectors.WORDS));
  const ids = i.words(...i.below(100, 5));
  vectors.lay({ rows: i.rows(5, 20, 32), stride: 32, count: 5, ids, int8 });
  quantizeRows(i.team, { vectors, slack: 1e-6, first: 0 }, 5);
  return { vectors, int8 };
}

/** Three queries for them. */
function queriesOf(i: Inputs) {
  const queries = i.arena.float32(4 * 32);
  queries.set(i.rows(3, 20, 32));
  const [planes, terms] = [i.arena.uint8(2 * 3 * 32), i.arena.float32(9)];
  for (let s = 0; s < 3; s++) terms[3 * s + 1] = 6;
  quantizeQueries(i.team, { queries, planes, terms, stride: 32 }, 3);
  return { queries, planes, terms };
}

const K = 2;

export const SEARCH_CASES: Readonly<Record<string, (inputs: Inputs) => OpCase>> = {
  quantizeRows(i) {
    const { vectors, int8 } = scanned(i);
    return one(int8, (made) => {
      vectors.lay({ ...vectors.fields, int8: made as never });
      quantizeRows(i.team, { vectors, slack: 1e-6, first: 1 }, 4);
    });
  },
  quantizeQueries(i) {
    const { queries, planes, terms } = queriesOf(i);
    return one({ planes, terms }, (made) => quantizeQueries(i.team, { queries, ...made, stride: 32 }, 3));
  },
  scanRows(i) {
    const scan = { ...scanned(i), ...queriesOf(i), count: 3, k: K, rowsEach: 4, threshold: -Infinity };
    return one({ best: i.arena.uint8(2 * 3 * bestBytes(K)) }, ({ best }) =>
      scanRows(i.team, { ...scan, best, allowed: i.words(31) }, 2),
    );
  },
  scanInt8(i) {
    const scan = { ...scanned(i), ...queriesOf(i), count: 3, k: K, rowsEach: 4, threshold: -Infinity };
    return one({ best: i.arena.uint8(2 * 3 * bestBytes(K)) }, ({ best }) =>
      scanInt8(i.team, { ...scan, best, allowed: i.words(31) }, 2),
    );
  },
  scoreLists(i) {
    const lists = { lists: i.ints(0, 4, 2), listStride: 0, lengths: i.ints(3, 3, 3) };
    const score = { ...scanned(i), ...queriesOf(i), ...lists, k: K, threshold: 0, clear: true, finish: true };
    return one({ best: i.arena.uint8(3 * bestBytes(K)) }, ({ best }) =>
      scoreLists(i.team, { ...score, best }, 3),
    );
  },
  topK(i) {
    const rows = { values: i.floats(2 * 11 + 9), stride: 11, width: 9, k: 4 };
    return one({ ids: i.arena.int32(12) }, ({ ids }) => topK(i.team, { ids, ...rows }, 3));
  },
  bestOfRows(i) {
    const rows = { values: i.floats(2 * 11 + 9), stride: 11, width: 9, k: 4 };
    return one({ positions: i.arena.int32(12), lengths: i.arena.int32(3) }, (made) =>
      bestOfRows(i.team, { ...made, ...rows }, 3),
    );
  },
  nearestSignatures(i) {
    const bits = { signatures: i.words(...i.below(2 ** 31, 20)), queries: i.words(1, 2, 3, 4, 5, 6, 7, 8) };
    const scores = {
      norms: i.floats(5),
      cosines: i.floats(129),
      biases: i.floats(5),
      words: 2,
      units: 5,
      k: 3,
    };
    return one({ ids: i.arena.int32(6) }, ({ ids }) =>
      nearestSignatures(i.team, { ids, ...bits, ...scores }, 2),
    );
  },
};

/** Two blocks of 16 and 16 vectors of 20 coordinates, with 128 bits of signature, in one band. */
export function blocksOf(i: Inputs): { blocks: BlockVectors; staged: StagedVectors } {
  const shape = { stride: 32, words: 2, rows: true };
  const records = new BlockRecords(i.arena, i.arena.int32(2 * BlockRecords.WORDS));
  for (let number = 0; number < 2; number++) {
    const memory = i.arena.uint8(blockBytes(i.arena, shape, 16));
    const signatures = i.arena.uint8(signatureBytes(shape.words));
    const known = { count: 5, longest: 6, alignment: 0, spread: 1 };
    records.lay(number, { signatures, memory, capacity: 16, ...known });
  }
  const centre = {
    centres: i.rows(2, 20, 32),
    codes: i.arena.uint8(64),
    scales: i.floats(2),
    sums: i.ints(0, 0),
  };
  const order = { order: i.ints(1, 0), bands: i.ints(0, 2), bandCount: 1 };
  const blocks = new BlockVectors(i.arena, i.arena.int32(BlockVectors.WORDS));
  blocks.lay({ ...order, records, ...shape, ...centre });
  const { vectors, int8 } = scanned(i);
  const staged = new StagedVectors(i.arena, i.arena.int32(StagedVectors.WORDS));
  staged.lay({
    rows: vectors.fields.rows,
    projections: i.floats(5 * 128),
    ids: i.words(1, 2, 3, 4, 5),
    lengths: i.arena.float32(5).fill(6),
    ...(int8 as never as Pick<StagedVectors['fields'], 'codes' | 'scales' | 'sums'>),
  });
  for (const number of [0, 1]) fillBlock(i.team, { blocks, staged, number, first: 0 }, 5);
  return { blocks, staged };
}

export const BLOCK_CASES: Readonly<Record<string, (inputs: Inputs) => OpCase>> = {
  copyPlaces(i) {
    const { blocks } = blocksOf(i);
    const lists = { from: i.ints(0, 260), to: i.ints(261, 15) };
    return one({ to: lists.to }, ({ to }) => copyPlaces(i.team, { blocks, from: lists.from, to }, 2));
  },
  pairPlaces(i) {
    const { blocks } = blocksOf(i);
    const lists = { places: i.ints(0, 1, 257), others: i.ints(4, 1, 260) };
    return one({ cosines: i.floats(3) }, ({ cosines }) =>
      pairPlaces(i.team, { blocks, ...lists, cosines }, 3),
    );
  },
  projectPlaces(i) {
    const { blocks } = blocksOf(i);
    const lists = { places: i.ints(0, 1, 257), direction: i.floats(32) };
    return one({ cosines: i.floats(3) }, ({ cosines }) =>
      projectPlaces(i.team, { blocks, ...lists, cosines }, 3),
    );
  },
  sumDirections(i) {
    const { blocks } = blocksOf(i);
    const lists = { places: i.ints(0, 1, 257, 3, 4, 2), signs: i.floats(6), length: 3 };
    return one({ totals: i.floats(64) }, ({ totals }) =>
      sumDirections(i.team, { blocks, ...lists, totals }, 2),
    );
  },
  routePlaces(i) {
    const { blocks } = blocksOf(i);
    const groups = new BlockGroups(i.arena, i.arena.int32(BlockGroups.WORDS));
    groups.lay({
      bands: i.ints(0, 2),
      starts: i.ints(0, 1, 2),
      members: i.ints(1, 0),
      centres: i.rows(2, 20, 32),
    });
    const lists = { places: i.ints(0, 1, 257), bandOf: i.ints(0, 0, 0) };
    return one({ numbers: i.arena.int32(3) }, ({ numbers }) =>
      routePlaces(i.team, { blocks, groups, ...lists, numbers }, 3),
    );
  },
  nearestToCentres(i) {
    const { blocks } = blocksOf(i);
    const given = { numbers: i.ints(0, 1, 0), rows: i.rows(2, 20, 32), rowCount: 2 };
    return one({ nearest: i.arena.int32(3) }, ({ nearest }) =>
      nearestToCentres(i.team, { blocks, ...given, nearest }, 3),
    );
  },
  searchBlocks(i) {
    const { blocks } = blocksOf(i);
    const how = { k: K, most: 100, slack: 2, reach: 5, deviation: 0.1, threshold: -Infinity };
    const search = { blocks, ...queriesOf(i), projections: i.floats(3 * 128), ...how };
    const best = i.arena.uint8(3 * bestBytes(K));
    return one({ best, scored: i.arena.int32(3) }, (made) => searchBlocks(i.team, { ...search, ...made }, 3));
  },
  'searchBlocks of one query, with the ids that it scores'(i) {
    const { blocks } = blocksOf(i);
    const how = { k: K, most: 100, slack: 2, reach: 5, deviation: 0.1, threshold: -Infinity };
    const search = { blocks, ...queriesOf(i), projections: i.floats(128), ...how };
    const found = { best: i.arena.uint8(bestBytes(K)), scored: i.arena.int32(1) };
    return one({ listed: i.arena.uint32(10) }, ({ listed }) =>
      searchBlocks(i.team, { ...search, ...found, listed }, 1),
    );
  },
  scorePlaces(i) {
    const { blocks } = blocksOf(i);
    const score = { blocks, ...queriesOf(i), k: K, places: i.ints(0, 259, 2), threshold: -Infinity };
    return one({ best: i.arena.uint8(3 * bestBytes(K)) }, ({ best }) =>
      scorePlaces(i.team, { ...score, best }, 3),
    );
  },
};
