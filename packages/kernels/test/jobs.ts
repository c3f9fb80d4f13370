/**
 * A small job for every kernel, the same at each call: to show that bits depend neither on how items are shared out nor
 * on the thread. It runs in browsers too.
 */
import { layAliases, laySampleLayers, laySamplePass, OPTIMIZER_WORDS } from '../src/index.ts';
import type { Arena, KernelArguments, SampleLayerFields, View } from '../src/index.ts';
import { buildTables, NONE } from '../src/reference/index.ts';
import { codes, floats, lists, matrix, sparse } from './data.ts';
import { HASH_JOBS } from './hash-jobs.ts';
import { makeRows, OPTIMIZERS, placeOptimizer, placeRows, placeSparse, statesOf } from './layers.ts';
import { SCAN_JOBS } from './scan-jobs.ts';
import {
  BUCKETS,
  CHUNKS,
  COUNT,
  SHIFT,
  STRIDE,
  Setup,
  WIDTH,
  choicesAt,
  sorting,
  spreading,
  walk,
} from './setup.ts';

export type KernelName = keyof KernelArguments;

export interface Job<K extends KernelName = KernelName> {
  readonly args: KernelArguments[K];
  readonly items: number;
  /** Bytes for each thread. */
  readonly scratch?: number;
  /** What the kernel writes. */
  readonly outputs: readonly View[];
}

const ROW_BYTES = STRIDE * 4;

/** The jobs, by kernel. */
export const JOBS: { readonly [K in KernelName]: (setup: Setup) => Job<K> } = {
  activateDense(setup) {
    const y = setup.float32(matrix(setup.random, COUNT, WIDTH));
    const bias = setup.floatsAt(floats(setup.random, WIDTH));
    return { args: [setup.at(y), STRIDE, WIDTH, bias, 1], items: COUNT, outputs: [y] };
  },
  columnSums(setup) {
    const sums = setup.arena.float32(WIDTH);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(sums), x, STRIDE, COUNT], items: WIDTH, outputs: [sums] };
  },
  relu(setup) {
    const values = setup.float32(floats(setup.random, 131));
    return { args: [setup.at(values)], items: 131, outputs: [values] };
  },
  reluGradient(setup) {
    const gradients = setup.float32(floats(setup.random, 131));
    const values = setup.floatsAt(floats(setup.random, 131));
    return { args: [setup.at(gradients), values], items: 131, outputs: [gradients] };
  },
  sigmoid(setup) {
    const values = setup.float32(floats(setup.random, 131, -5, 5));
    return { args: [setup.at(values)], items: 131, outputs: [values] };
  },
  tanh(setup) {
    const values = setup.float32(floats(setup.random, 131, -2, 2));
    return { args: [setup.at(values)], items: 131, outputs: [values] };
  },
  sigmoidGradient(setup) {
    const gradients = setup.float32(floats(setup.random, 131));
    const values = setup.floatsAt(floats(setup.random, 131, 0));
    return { args: [setup.at(gradients), values, 0.7], items: 131, outputs: [gradients] };
  },
  tanhGradient(setup) {
    const gradients = setup.float32(floats(setup.random, 131));
    const values = setup.floatsAt(floats(setup.random, 131));
    return { args: [setup.at(gradients), values, 0.7], items: 131, outputs: [gradients] };
  },
  dropout(setup) {
    const values = setup.float32(floats(setup.random, 131));
    return { args: [setup.at(values), 3, 4, 2 ** 30, 4 / 3], items: 131, outputs: [values] };
  },
  copyRows(setup) {
    const out = setup.arena.float32(COUNT * WIDTH);
    const from = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const rows = setup.idsAt(Array.from({ length: COUNT }, (_, i) => (i * 5) % COUNT));
    return { args: [setup.at(out), WIDTH, from, STRIDE, WIDTH, rows], items: COUNT, outputs: [out] };
  },
  gatherColumns(setup) {
    const x = sparse(setup.random, COUNT, WIDTH);
    const out = setup.arena.float32(x.values.length);
    const rows = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(out), rows, STRIDE, placeSparse(setup, x)], items: COUNT, outputs: [out] };
  },
  scatterRows(setup) {
    const out = setup.float32(floats(setup.random, COUNT * STRIDE));
    const x = placeSparse(setup, sparse(setup.random, COUNT, WIDTH));
    return { args: [setup.at(out), STRIDE, WIDTH, x], items: COUNT, outputs: [out] };
  },
  gemm(setup) {
    const c = setup.float32(floats(setup.random, WIDTH * COUNT));
    const a = setup.floatsAt(floats(setup.random, WIDTH * 300));
    const b = setup.floatsAt(floats(setup.random, 300 * COUNT));
    return {
      args: [setup.at(c), COUNT, a, 300, 1, b, 1, 300, WIDTH, 300, 1],
      items: COUNT,
      scratch: setup.arena.kernels.gemmScratchBytes(),
      outputs: [c],
    };
  },
  ...HASH_JOBS,
  ...SCAN_JOBS,
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
  squaredNorms(setup) {
    const norms = setup.arena.float32(COUNT);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(norms), x, STRIDE, WIDTH], items: COUNT, outputs: [norms] };
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
  trainSamples: loneSamples,
  countPairs(setup) {
    const [offsetsAt, idsAt] = choicesAt(setup, lists(setup.random, COUNT, COUNT));
    const histogram = setup.arena.int32(CHUNKS * BUCKETS);
    const given = [offsetsAt, idsAt, COUNT, CHUNKS, SHIFT, BUCKETS] as const;
    return { args: [setup.at(histogram), ...given], items: CHUNKS, outputs: [histogram] };
  },
  spreadPairs(setup) {
    const { at, keys, lists: given, histogram } = spreading(setup);
    return { args: [setup.at(keys), at, ...given], items: CHUNKS, outputs: [keys, histogram] };
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
    const { kernels } = setup.arena;
    const scratch = setup.at(setup.arena.uint8(kernels.sortPairsScratchBytes(SHIFT)));
    kernels.sortPairs(pairsAt, setup.at(keys), firstsAt, setup.at(found), SHIFT, 0, BUCKETS, scratch);
    let before = 0;
    for (const [b, rows] of found.entries()) {
      found[b] = before;
      before += rows;
    }
    return {
      args: [pairsAt, setup.at(keys), firstsAt, setup.at(found)],
      items: BUCKETS,
      outputs: [pairs.rows, pairs.starts],
    };
  },
  packSigns(setup) {
    const made = setup.arena.uint32(3 * COUNT);
    const projections = setup.floatsAt(floats(setup.random, COUNT * 28));
    const scratch = setup.arena.kernels.packSignsScratchBytes(9, 3);
    return {
      args: [setup.at(made), COUNT, 0, projections, 28, 9, 3],
      items: COUNT,
      scratch,
      outputs: [made],
    };
  },
  softmaxCrossEntropy(setup) {
    const { choices } = walk(setup);
    const gradients = setup.arena.float32(choices.ids.length);
    const losses = setup.arena.float32(COUNT);
    const logits = setup.floatsAt(floats(setup.random, choices.ids.length, -9, 9));
    const labels = choicesAt(setup, lists(setup.random, COUNT, COUNT, 3));
    const [offsets, ids] = choicesAt(setup, choices);
    const corrections = setup.floatsAt(floats(setup.random, choices.ids.length, 0, 5));
    return {
      args: [setup.at(gradients), setup.at(losses), logits, offsets, ids, 0, 0, ...labels, corrections, 0.25],
      items: COUNT,
      outputs: [gradients, losses],
    };
  },
  sigmoidCrossEntropy(setup) {
    const { choices } = walk(setup);
    const gradients = setup.arena.float32(choices.ids.length);
    const losses = setup.arena.float32(COUNT);
    const logits = setup.floatsAt(floats(setup.random, choices.ids.length, -9, 9));
    const labels = choicesAt(setup, lists(setup.random, COUNT, COUNT, 3));
    const [offsets, ids] = choicesAt(setup, choices);
    return {
      args: [setup.at(gradients), setup.at(losses), logits, offsets, ids, 0, 0, ...labels, 0, 0.25],
      items: COUNT,
      outputs: [gradients, losses],
    };
  },
  squaredError(setup) {
    const { choices } = walk(setup);
    const gradients = setup.arena.float32(choices.ids.length);
    const losses = setup.arena.float32(COUNT);
    const outputs = setup.floatsAt(floats(setup.random, choices.ids.length));
    const targets = setup.floatsAt(floats(setup.random, COUNT * COUNT));
    const [offsets, ids] = choicesAt(setup, choices);
    return {
      args: [setup.at(gradients), setup.at(losses), outputs, offsets, ids, 0, 0, targets, COUNT, 0.25],
      items: COUNT,
      outputs: [gradients, losses],
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
  largestCodes(setup) {
    const [tables, count] = [13, 90];
    const largest = setup.arena.uint32(tables);
    const given = setup.idsAt(codes(setup.random, tables * count, 1000));
    return { args: [setup.at(largest), given, count, count], items: tables, outputs: [largest] };
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
  drawUnits(setup) {
    const limit = 9;
    const ids = setup.arena.int32(COUNT * limit);
    const lengths = setup.arena.int32(COUNT);
    return {
      args: [setup.at(ids), setup.at(lengths), limit, 77, 5, 6, 4],
      items: COUNT,
      scratch: setup.arena.kernels.drawScratchBytes(77),
      outputs: [ids, lengths],
    };
  },
  drawKeyed(setup) {
    const limit = 9;
    const ids = setup.arena.int32(COUNT * limit);
    const lengths = setup.arena.int32(COUNT);
    const at = setup.idsAt(Int32Array.from(codes(setup.random, 3 * COUNT, 8)));
    return {
      args: [setup.at(ids), setup.at(lengths), limit, 77, 5, at, COUNT, 3],
      items: COUNT,
      scratch: setup.arena.kernels.drawScratchBytes(77),
      outputs: [ids, lengths],
    };
  },
  drawWeighted(setup) {
    const limit = 9;
    const ids = setup.arena.int32(COUNT * limit);
    const lengths = setup.arena.int32(COUNT);
    const corrections = setup.arena.float32(COUNT * limit);
    const entries = layAliases(
      setup.arena,
      Array.from({ length: 77 }, (_, u) => 1 / (u + 1)),
    );
    return {
      args: [setup.at(ids), setup.at(lengths), setup.at(corrections), setup.at(entries), limit, 77, 5, 6, 4],
      items: COUNT,
      scratch: setup.arena.kernels.drawScratchBytes(77),
      outputs: [ids, lengths, corrections],
    };
  },
  fireUnits(setup) {
    const ids = setup.arena.int32(COUNT * WIDTH);
    const lengths = setup.arena.int32(COUNT);
    const betas = setup.arena.float32(COUNT);
    const values = setup.floatsAt(matrix(setup.random, COUNT, WIDTH, STRIDE, -3, 3));
    return {
      args: [setup.at(ids), setup.at(lengths), setup.at(betas), values, STRIDE, WIDTH, WIDTH, 2, 0.2, 5, 6],
      items: COUNT,
      scratch: setup.arena.kernels.fireScratchBytes(WIDTH),
      outputs: [ids, lengths, betas],
    };
  },
  sumPartials(setup) {
    const sums = setup.arena.float32(COUNT);
    const partials = setup.floatsAt(floats(setup.random, 5 * COUNT, -1, 1));
    return { args: [setup.at(sums), partials, COUNT, 5], items: COUNT, outputs: [sums] };
  },
  topK(setup) {
    const ids = setup.arena.int32(COUNT * 5);
    const values = setup.floatsAt(floats(setup.random, COUNT * WIDTH));
    return {
      args: [setup.at(ids), values, WIDTH, WIDTH, 5],
      items: COUNT,
      scratch: setup.arena.kernels.topKScratchBytes(),
      outputs: [ids],
    };
  },
  nearestSignatures(setup) {
    const ids = setup.arena.int32(COUNT * 5);
    const signatures = setup.arena.uint32(4 * COUNT);
    const queries = setup.arena.uint32(4 * COUNT);
    for (const words of [signatures, queries]) {
      for (let i = 0; i < words.length; i++) words[i] = setup.random.integer(2 ** 32);
    }
    const norms = setup.floatsAt(floats(setup.random, COUNT, 1, 1000));
    const cosines = setup.floatsAt(
      Float32Array.from({ length: 129 }, (_, d) => Math.cos((Math.PI * d) / 128)),
    );
    return {
      args: [setup.at(ids), setup.at(signatures), setup.at(queries), norms, cosines, 2, COUNT, 5],
      items: COUNT,
      scratch: setup.arena.kernels.nearestSignaturesScratchBytes(COUNT),
      outputs: [ids],
    };
  },
  bestOfRows(setup) {
    const positions = setup.arena.int32(COUNT * 5);
    const lengths = setup.arena.int32(COUNT);
    const values = setup.floatsAt(floats(setup.random, COUNT * WIDTH));
    return {
      args: [setup.at(positions), setup.at(lengths), values, 0, WIDTH, WIDTH, 5],
      items: COUNT,
      scratch: setup.arena.kernels.bestOfRowsScratchBytes(5),
      outputs: [positions, lengths],
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
  walkForward(setup) {
    const { choices, rowsAt, pairsAt } = walk(setup);
    const out = setup.arena.float32(choices.ids.length);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(out), rowsAt, pairsAt, x, STRIDE], items: COUNT, outputs: [out] };
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
    const x = placeSparse(setup, sparse(setup.random, COUNT, WIDTH));
    return {
      args: [coefficientsAt, rowsAt, pairsAt, optimizerAt, x],
      items: COUNT,
      scratch: ROW_BYTES,
      outputs: statesOf(rows),
    };
  },
  dotRowsSparse(setup) {
    const { choices, rowsAt } = walk(setup);
    const x = placeSparse(setup, sparse(setup.random, COUNT, WIDTH));
    const out = setup.arena.float32(choices.ids.length);
    return { args: [setup.at(out), rowsAt, x, ...choicesAt(setup, choices)], items: COUNT, outputs: [out] };
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
};

/** Samples that share no row: whoever trains on which, and when, the bits are the same. */
function loneSamples(setup: Setup): Job<'trainSamples'> {
  const { arena, random } = setup;
  const { rows, at } = placeRows(setup, makeRows(random, 2 * COUNT, WIDTH, true));
  const optimizers = arena.int32(COUNT * OPTIMIZER_WORDS);
  const words = new Int32Array(arena.memory.buffer, placeOptimizer(setup, OPTIMIZERS[2]), 15);
  for (let s = 0; s < COUNT; s++) optimizers.set(words, s * OPTIMIZER_WORDS);
  const layer: SampleLayerFields = {
    kind: 'chosen',
    activation: 0,
    rows: new Int32Array(arena.memory.buffer, at, 12),
    units: 2 * COUNT,
    output: {
      offsets: setup.int32(Array.from({ length: COUNT + 1 }, (_, s) => 2 * s)),
      ids: setup.int32(Array.from({ length: 2 * COUNT }, (_, i) => i)),
      values: arena.float32(2 * COUNT),
      gradients: arena.float32(2 * COUNT),
    },
    input: { values: setup.float32(matrix(random, COUNT, WIDTH)), stride: STRIDE, width: WIDTH },
    keep: 1,
    dropout: { keep: 1, seed: 0, limit: 0 },
  };
  const losses = arena.float32(COUNT);
  const pass = laySamplePass(arena, {
    layers: laySampleLayers(arena, [layer]),
    loss: 'linear',
    losses,
    squares: arena.float64(0),
    labelOffsets: arena.int32(0),
    labels: arena.int32(0),
    targets: setup.float32(floats(random, 2 * COUNT * COUNT)),
    targetStride: 2 * COUNT,
    optimizers,
    clipNorm: 0,
  });
  const scratch = arena.kernels.trainSamplesScratchBytes(WIDTH);
  return { args: [setup.at(pass)], items: COUNT, scratch, outputs: [losses, ...statesOf(rows)] };
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

export const KERNELS: readonly KernelName[] = Object.keys(JOBS) as KernelName[];

/** Sets the job up in `arena`, has `run` do it, and gives the bytes of all that it wrote. */
export function outputsOf<K extends KernelName>(
  arena: Arena,
  kernel: K,
  run: (job: Job<K>) => void,
): Uint8Array {
  const job = JOBS[kernel](new Setup(arena));
  run(job);
  const bytes = job.outputs.flatMap(({ buffer, byteOffset, byteLength }) =>
    Array.from(new Uint8Array(buffer, byteOffset, byteLength)),
  );
  return Uint8Array.from(bytes);
}

/** FNV-1a over the bytes: the same for the same bits. */
export function digest(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}
