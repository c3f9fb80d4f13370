/** The jobs on rows of weights that samples chose, for jobs.ts: sorting the pairs, products, gradients and updates. */
import { type MembersFields, MembersRecord } from '../src/index.ts';
import { PairsRecord } from '../src/ops/layout.ts';
import { floats, matrix, sparse } from './data.ts';
import { makeRows, placeRows, placeSparse, statesOf } from './layers.ts';
import { sortPairs } from '../src/reference/index.ts';
import type { Job } from './jobs.ts';
import {
  BUCKETS,
  CHUNKS,
  COUNT,
  SHIFT,
  STRIDE,
  WIDTH,
  TILES,
  alikeLists,
  choicesAt,
  ordering,
  sortAll,
  sorting,
  spreading,
  walk,
  type Setup,
} from './setup.ts';

type Kernel =
  | 'countPairs'
  | 'commonEnds'
  | 'expandPairs'
  | 'spreadPairs'
  | 'unpackPairs'
  | 'sortPairs'
  | 'packRows'
  | 'walkForward'
  | 'walkBackward'
  | 'walkForwardSparse'
  | 'walkBackwardSparse'
  | 'sumPartials'
  | 'updateRows'
  | 'updateChosenRows'
  | 'distanceRows'
  | 'dotRows'
  | 'dotRowsSparse'
  | 'quantizeMembers'
  | 'quantizeSamples'
  | 'scoreMembers'
  | 'dotRowsInt8'
  | 'multiplyInt8'
  | 'multiplySparse'
  | 'gatherRows'
  | 'gatherParts'
  | 'gatherInParts'
  | 'gatherRowsSparse'
  | 'gatherRowsInt8';

/** Bytes of a member. */
const MEMBER_STRIDE = 32;

/** COUNT members, all 0, with room for those that are read behind them. */
function membersOf({ arena }: Setup): { readonly record: Int32Array; readonly fields: MembersFields } {
  const room = COUNT + 3;
  const fields = {
    codes: arena.int8(room * MEMBER_STRIDE),
    stride: MEMBER_STRIDE,
    scales: arena.float32(room),
    offsets: arena.int32(room),
    biases: arena.float32(room),
  };
  return { record: new MembersRecord(arena, fields).record, fields };
}

export const ROW_JOBS: { readonly [K in Kernel]: (setup: Setup) => Job<K> } = {
  countPairs(setup) {
    const { lists: given } = spreading(setup);
    const histogram = setup.arena.int32(CHUNKS * BUCKETS);
    return { args: [setup.at(histogram), ...given], items: CHUNKS, outputs: [histogram] };
  },
  commonEnds(setup) {
    const common = setup.arena.int32(TILES);
    const args = [setup.at(common), ...choicesAt(setup, alikeLists()), COUNT] as const;
    return { args: [...args], items: TILES, outputs: [common] };
  },
  expandPairs(setup) {
    const { ordered, ...at } = ordering(setup);
    return {
      args: [at.orderedAt, at.sortedAt, at.orderAt, at.offsetsAt, COUNT, at.commonAt],
      items: at.visited,
      outputs: [ordered.positions, ordered.samples],
    };
  },
  spreadPairs(setup) {
    const { at, keys, lists: given, histogram } = spreading(setup);
    return { args: [setup.at(keys), at, ...given], items: CHUNKS, outputs: [keys, histogram] };
  },
  unpackPairs(setup) {
    const { arena } = setup;
    const keys = arena.float64(COUNT);
    new Int32Array(keys.buffer, keys.byteOffset, 2 * COUNT).forEach((_, i, words) => (words[i] = 3 * i));
    const [positions, samples] = [arena.int32(COUNT), arena.int32(COUNT)];
    const none = { rows: arena.int32(0), starts: arena.int32(0) };
    const pairsAt = setup.at(new PairsRecord(arena, { ...none, positions, samples }).record);
    return { args: [pairsAt, setup.at(keys)], items: COUNT, outputs: [positions, samples] };
  },
  sortPairs(setup) {
    const { pairs, pairsAt, keys, firstsAt, found } = sorting(setup);
    return {
      args: [pairsAt, setup.at(keys), firstsAt, setup.at(found), SHIFT],
      items: BUCKETS,
      scratch: setup.arena.kernels.sortPairsScratchBytes(SHIFT),
      outputs: [keys, found, pairs.positions, pairs.samples],
    };
  },
  packRows(setup) {
    const { pairs, pairsAt, keys, firstsAt, found } = sorting(setup);
    sortAll(setup, { pairsAt, keys, firstsAt, found });
    return {
      args: [pairsAt, setup.at(keys), firstsAt, setup.at(found)],
      items: BUCKETS,
      outputs: [pairs.rows, pairs.starts],
    };
  },
  walkForward(setup) {
    const { choices, rowsAt, pairsAt } = walk(setup);
    const out = setup.arena.float32(choices.ids.length);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const scratch = setup.arena.kernels.walkForwardScratchBytes();
    return { args: [setup.at(out), rowsAt, pairsAt, x, STRIDE], items: COUNT, scratch, outputs: [out] };
  },
  walkBackward(setup) {
    const { coefficientsAt, rows, rowsAt, pairsAt, optimizerAt } = walk(setup);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    // A partial sum for each row, so that chunks may be of any size.
    const partials = setup.float32(new Float32Array(COUNT * COUNT * STRIDE).fill(7));
    const partialsAt = setup.at(partials);
    return {
      args: [coefficientsAt, rowsAt, pairsAt, optimizerAt, x, STRIDE, partialsAt, COUNT, 1],
      items: COUNT,
      scratch: setup.arena.kernels.walkBackwardScratchBytes(COUNT, WIDTH),
      outputs: [...statesOf(rows), partials],
    };
  },
  walkForwardSparse(setup) {
    const { choices, rowsAt, pairsAt } = walk(setup);
    const out = setup.arena.float32(choices.ids.length);
    const x = placeSparse(setup, sparse(setup.random, COUNT, WIDTH));
    return { args: [setup.at(out), rowsAt, pairsAt, x], items: COUNT, outputs: [out] };
  },
  walkBackwardSparse(setup) {
    const { coefficientsAt, rows, rowsAt, pairsAt, optimizerAt } = walk(setup);
    const given = sparse(setup.random, COUNT, WIDTH);
    const nonZeros = given.values.length;
    const x = placeSparse(setup, given);
    // A partial sum for each row, so that chunks may be of any size.
    const partials = setup.float32(new Float32Array(COUNT * nonZeros).fill(7));
    return {
      args: [coefficientsAt, rowsAt, pairsAt, optimizerAt, x, setup.at(partials), nonZeros, 1],
      items: COUNT,
      scratch: setup.arena.kernels.walkBackwardSparseScratchBytes(WIDTH),
      outputs: [...statesOf(rows), partials],
    };
  },
  sumPartials(setup) {
    const sums = setup.arena.float32(COUNT);
    const partials = setup.floatsAt(floats(setup.random, 5 * COUNT, -1, 1));
    return { args: [setup.at(sums), partials, COUNT, 5], items: COUNT, outputs: [sums] };
  },
  updateRows(setup) {
    const { rows, rowsAt, optimizerAt } = walk(setup);
    const gradients = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const biasGradients = setup.floatsAt(floats(setup.random, COUNT));
    return {
      args: [rowsAt, optimizerAt, gradients, STRIDE, biasGradients],
      items: COUNT,
      outputs: statesOf(rows),
    };
  },
  updateChosenRows(setup) {
    const { rows, rowsAt, optimizerAt } = walk(setup);
    const ids = setup.idsAt(Array.from({ length: COUNT }, (_, i) => (i * 5) % COUNT));
    const gradients = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const biasGradients = setup.floatsAt(floats(setup.random, COUNT));
    return {
      args: [rowsAt, optimizerAt, ids, gradients, STRIDE, biasGradients],
      items: COUNT,
      outputs: statesOf(rows),
    };
  },
  distanceRows(setup) {
    const { choices } = walk(setup);
    const out = setup.arena.float32(choices.ids.length);
    const rows = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const [offsets, ids] = choicesAt(setup, choices);
    return {
      args: [setup.at(out), offsets, ids, rows, STRIDE, WIDTH, x, STRIDE],
      items: COUNT,
      outputs: [out],
    };
  },
  dotRows(setup) {
    const { choices } = walk(setup);
    const out = setup.arena.float32(choices.ids.length);
    const weights = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const bias = setup.floatsAt(floats(setup.random, COUNT));
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const [offsets, ids] = choicesAt(setup, choices);
    return {
      args: [setup.at(out), offsets, ids, weights, STRIDE, WIDTH, bias, x, STRIDE],
      items: COUNT,
      outputs: [out],
    };
  },
  quantizeMembers(setup) {
    const { rowsAt } = walk(setup);
    const { record, fields } = membersOf(setup);
    const places = setup.idsAt(Array.from({ length: COUNT }, (_, r) => (r * 7) % COUNT));
    const list = setup.idsAt(Array.from({ length: COUNT }, (_, i) => (i * 5) % COUNT));
    const { codes: made, scales, offsets, biases } = fields;
    return {
      args: [setup.at(record), rowsAt, list, places],
      items: COUNT,
      outputs: [made, scales, offsets, biases],
    };
  },
  quantizeSamples(setup) {
    const made = setup.arena.uint8(COUNT * MEMBER_STRIDE);
    const scales = setup.arena.float32(COUNT);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return {
      args: [setup.at(made), setup.at(scales), MEMBER_STRIDE, x, STRIDE, WIDTH],
      items: COUNT,
      outputs: [made, scales],
    };
  },
  scoreMembers(setup) {
    const { choices, pairsAt } = walk(setup);
    const { record, fields } = membersOf(setup);
    for (let i = 0; i < fields.codes.length; i++) fields.codes[i] = setup.random.integer(255) - 127;
    fields.scales.set(floats(setup.random, COUNT, 0.01, 0.1));
    fields.biases.set(floats(setup.random, COUNT));
    // List l has l % 5 of the members, which all lists together have once or not at all.
    const starts = [0];
    for (let l = 0; l < COUNT; l++) starts.push(Math.min(COUNT, starts[l] + (l % 5)));
    const firsts = [0];
    for (const list of choices.ids) firsts.push(firsts.at(-1) + starts[list + 1] - starts[list]);
    const out = setup.arena.float32(firsts.at(-1));
    const samples = setup.arena.uint8(COUNT * MEMBER_STRIDE);
    for (let i = 0; i < samples.length; i++) samples[i] = 1 + setup.random.integer(127);
    const scales = setup.floatsAt(floats(setup.random, COUNT, 0.01, 0.1));
    const to = [setup.at(out), setup.idsAt(firsts), setup.at(record)] as const;
    return {
      args: [...to, setup.idsAt(starts), pairsAt, setup.at(samples), scales],
      items: new Set(choices.ids).size,
      outputs: [out],
    };
  },
  dotRowsSparse(setup) {
    const { choices, rowsAt } = walk(setup);
    const x = placeSparse(setup, sparse(setup.random, COUNT, WIDTH));
    const out = setup.arena.float32(choices.ids.length);
    return { args: [setup.at(out), rowsAt, x, ...choicesAt(setup, choices)], items: COUNT, outputs: [out] };
  },
  multiplySparse(setup) {
    const { rowsAt } = walk(setup);
    const x = placeSparse(setup, sparse(setup.random, COUNT, WIDTH));
    const out = setup.arena.float32(COUNT * COUNT);
    return {
      args: [setup.at(out), COUNT, rowsAt, x, COUNT],
      items: COUNT,
      scratch: setup.arena.kernels.multiplySparseScratchBytes(WIDTH),
      outputs: [out],
    };
  },
  dotRowsInt8(setup) {
    const { choices } = walk(setup);
    const out = setup.arena.float32(choices.ids.length);
    const [offsets, ids] = choicesAt(setup, choices);
    return {
      args: [setup.at(out), offsets, ids, ...int8At(setup), ...paddedAt(setup)],
      items: COUNT,
      outputs: [out],
    };
  },
  multiplyInt8(setup) {
    const out = setup.arena.float32(COUNT * COUNT);
    return {
      args: [setup.at(out), COUNT, ...int8At(setup), ...paddedAt(setup), COUNT],
      items: COUNT,
      scratch: setup.arena.kernels.multiplyInt8ScratchBytes(WIDTH),
      outputs: [out],
    };
  },
  gatherRows(setup) {
    const { choices, coefficientsAt } = walk(setup);
    const out = setup.arena.float32(COUNT * STRIDE);
    const bias = setup.floatsAt(floats(setup.random, WIDTH));
    const weights = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const chosen = choicesAt(setup, choices);
    return {
      args: [setup.at(out), STRIDE, bias, weights, STRIDE, WIDTH, ...chosen, coefficientsAt],
      items: COUNT,
      outputs: [out],
    };
  },
  gatherParts(setup) {
    const { rowsAt, visitsAt, x, visited, bias } = gathering(setup);
    const parts = Math.ceil(visited / GRAIN);
    const partials = setup.arena.float32(parts * COUNT * STRIDE);
    const to = [setup.at(partials), STRIDE, COUNT, bias] as const;
    return { args: [...to, rowsAt, visitsAt, x, visited, GRAIN], items: parts, outputs: [partials] };
  },
  gatherInParts(setup) {
    const { rowsAt, visitsAt, x, visited, bias } = gathering(setup);
    const out = setup.arena.float32(COUNT * STRIDE);
    return {
      args: [setup.at(out), STRIDE, bias, rowsAt, visitsAt, x, visited, GRAIN],
      items: COUNT,
      scratch: 4 * STRIDE,
      outputs: [out],
    };
  },
  gatherRowsSparse(setup) {
    const { choices, coefficientsAt, rowsAt } = walk(setup);
    const x = sparse(setup.random, COUNT, WIDTH);
    const out = setup.arena.float32(x.values.length);
    return {
      args: [setup.at(out), rowsAt, placeSparse(setup, x), ...choicesAt(setup, choices), coefficientsAt],
      items: COUNT,
      outputs: [out],
    };
  },
  gatherRowsInt8(setup) {
    const { choices, coefficientsAt } = walk(setup);
    const out = setup.arena.float32(COUNT * 32);
    const [weights, scales, bias, stride, width] = int8At(setup);
    const chosen = choicesAt(setup, choices);
    return {
      args: [setup.at(out), 32, bias, weights, scales, stride, width, ...chosen, coefficientsAt],
      items: COUNT,
      outputs: [out],
    };
  },
};

/** Rows of a part. */
const GRAIN = 5;

/** Samples that are lists of rows, with a value for each, and the pairs that they make. */
function gathering(setup: Setup): {
  readonly rowsAt: number;
  readonly visitsAt: number;
  readonly x: number;
  readonly visited: number;
  readonly bias: number;
} {
  const { at: rowsAt } = placeRows(setup, makeRows(setup.random, COUNT, WIDTH, false));
  const x = sparse(setup.random, COUNT, COUNT);
  const pairs = sortPairs(x.offsets, x.ids);
  const bias = setup.floatsAt(floats(setup.random, WIDTH));
  return {
    rowsAt,
    visitsAt: setup.idsAt(pairs.rows),
    x: placeSparse(setup, x),
    visited: pairs.rows.length,
    bias,
  };
}

/** Weights of 8 bits, their scales, biases, stride and width. */
function int8At(setup: Setup): [number, number, number, number, number] {
  const weights = setup.arena.int8(COUNT * 32);
  for (let r = 0; r < COUNT; r++) {
    for (let k = 0; k < WIDTH; k++) weights[r * 32 + k] = setup.random.integer(255) - 127;
  }
  const [scales, bias] = [floats(setup.random, COUNT), floats(setup.random, COUNT)];
  return [setup.at(weights), setup.floatsAt(scales), setup.floatsAt(bias), 32, WIDTH];
}

/** Samples that are zero up to a multiple of 16, and their stride. */
function paddedAt(setup: Setup): [number, number] {
  return [setup.floatsAt(matrix(setup.random, COUNT, WIDTH, 32)), 32];
}
