/**
 * A small job for every kernel, the same at each call: to show that bits depend neither on how items are shared out nor
 * on the thread. It runs in browsers too.
 */
import { SampleOptimizers, SamplePass } from '../src/index.ts';
import type { KernelArguments } from '../src/generated/kernels.ts';
import type { Arena, SampleBatch, SampleLayerFields, View } from '../src/index.ts';
import { ACTIVATION_JOBS } from './activation-jobs.ts';
import { BLOCK_JOBS } from './block-jobs.ts';
import { CHOICE_JOBS } from './choice-jobs.ts';
import { floats, matrix, sparse } from './data.ts';
import { HASH_JOBS } from './hash-jobs.ts';
import { makeRows, optimizerRecord, OPTIMIZERS, placeRows, placeSparse, statesOf } from './layers.ts';
import { ROW_JOBS } from './row-jobs.ts';
import { SCAN_JOBS } from './scan-jobs.ts';
import { COUNT, STRIDE, Setup, WIDTH } from './setup.ts';
import { TABLE_JOBS } from './table-jobs.ts';
import { randomWeighting } from './weightings.ts';

export type KernelName = keyof KernelArguments;

export interface Job<K extends KernelName = KernelName> {
  readonly args: KernelArguments[K];
  readonly items: number;
  /** Bytes for each thread. */
  readonly scratch?: number;
  /** What the kernel writes. */
  readonly outputs: readonly View[];
}

/** The jobs, by kernel. */
export const JOBS: { readonly [K in KernelName]: (setup: Setup) => Job<K> } = {
  ...ACTIVATION_JOBS,
  ...BLOCK_JOBS,
  ...CHOICE_JOBS,
  ...HASH_JOBS,
  ...ROW_JOBS,
  ...SCAN_JOBS,
  ...TABLE_JOBS,
  columnSums(setup) {
    const sums = setup.arena.float32(WIDTH);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(sums), x, STRIDE, COUNT], items: WIDTH, outputs: [sums] };
  },
  copyRows(setup) {
    const out = setup.arena.float32(COUNT * WIDTH);
    const from = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    const rows = setup.idsAt(Array.from({ length: COUNT }, (_, i) => (i * 5) % COUNT));
    return { args: [setup.at(out), WIDTH, from, STRIDE, WIDTH, rows], items: COUNT, outputs: [out] };
  },
  transposeRows(setup) {
    const out = setup.arena.float32(WIDTH * COUNT);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(out), COUNT, x, STRIDE, COUNT], items: WIDTH, outputs: [out] };
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
  squaredNorms(setup) {
    const norms = setup.arena.float32(COUNT);
    const x = setup.floatsAt(matrix(setup.random, COUNT, WIDTH));
    return { args: [setup.at(norms), x, STRIDE, WIDTH], items: COUNT, outputs: [norms] };
  },
  trainSamples: loneSamples,
};

/** Samples that share no row: whoever trains on which, and when, the bits are the same. */
function loneSamples(setup: Setup): Job<'trainSamples'> {
  const { layer, batch, states } = loneBatch(setup);
  const pass = new SamplePass(setup.arena, [layer]).lay(batch);
  const scratch = setup.arena.kernels.trainSamplesScratchBytes(WIDTH);
  return { args: [setup.at(pass.record)], items: COUNT, scratch, outputs: [batch.losses, ...states] };
}

/** COUNT samples for one layer, of which each has two units of its own. */
export function loneBatch(setup: Setup): {
  readonly layer: SampleLayerFields;
  readonly batch: SampleBatch;
  /** What training changes. */
  readonly states: readonly Float32Array[];
} {
  const { arena, random } = setup;
  const { rows, record } = placeRows(setup, makeRows(random, 2 * COUNT, WIDTH, true));
  const optimizer = optimizerRecord(setup, OPTIMIZERS[2]);
  const layer: SampleLayerFields = {
    kind: 'chosen',
    activation: 'linear',
    rows: record,
    units: 2 * COUNT,
    output: {
      offsets: setup.int32(Array.from({ length: COUNT + 1 }, (_, s) => 2 * s)),
      ids: setup.int32(Array.from({ length: 2 * COUNT }, (_, i) => i)),
      values: arena.float32(2 * COUNT),
      gradients: arena.float32(2 * COUNT),
    },
    input: { values: setup.float32(matrix(random, COUNT, WIDTH)), stride: STRIDE, width: WIDTH },
    keep: 1,
    dropout: { keep: 1, seed: 0 },
  };
  const batch: SampleBatch = {
    loss: 'linear',
    losses: arena.float32(COUNT),
    squares: arena.float64(0),
    labels: { offsets: arena.int32(0), ids: arena.int32(0) },
    targets: setup.float32(floats(random, 2 * COUNT * COUNT)),
    targetStride: 2 * COUNT,
    weighting: randomWeighting(setup, random, COUNT, 2 * COUNT, 0).record,
    optimizers: new SampleOptimizers(arena, optimizer, COUNT),
    clipNorm: 0,
  };
  return { layer, batch, states: statesOf(rows) };
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
