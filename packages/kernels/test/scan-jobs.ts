/** The jobs of scans, for jobs.ts: a few rows for each part. */
import { bestBytes } from '../src/index.ts';
import { codes } from './data.ts';
import type { Job } from './jobs.ts';
import { makeScan, placeBlocks, placeScan, type PlacedScan } from './scans.ts';
import { COUNT, type Setup, WIDTH } from './setup.ts';

const [GRAIN, ASKED, BEST, SLACK] = [5, 6, 3, 1e-6] as const;
const STRIDE = Math.ceil(WIDTH / 16) * 16;

function place(setup: Setup, quantized: boolean, asked: number = ASKED): PlacedScan {
  const { arena, random } = setup;
  const placer = {
    arena,
    float32: (values: ArrayLike<number> | number) =>
      typeof values === 'number' ? arena.float32(values) : setup.float32(values),
    int32: (values: ArrayLike<number> | number) =>
      typeof values === 'number' ? arena.int32(values) : setup.int32(values),
  };
  const placed = placeScan(placer, makeScan(random, COUNT * GRAIN, WIDTH, asked));
  if (quantized) arena.kernels.quantizeRows(placed.vectors, SLACK, 0, 0, COUNT * GRAIN);
  return placed;
}

export const SCAN_JOBS: {
  readonly [K in 'quantizeRows' | 'scanInt8' | 'scanRows' | 'scoreLists' | 'searchSignatures']: (
    setup: Setup,
  ) => Job<K>;
} = {
  quantizeRows(setup) {
    const { vectors, int8 } = place(setup, false);
    return { args: [vectors, SLACK, 3], items: COUNT, outputs: Object.values(int8) };
  },
  scanInt8(setup) {
    const { vectors, queries, planes, terms } = place(setup, true);
    const best = setup.arena.uint8(COUNT * ASKED * bestBytes(BEST));
    const scratch = setup.arena.kernels.int8ScratchBytes(STRIDE);
    return {
      args: [setup.at(best), vectors, queries, planes, terms, ASKED, BEST, GRAIN, 0, -Infinity],
      items: COUNT,
      scratch,
      outputs: [best],
    };
  },
  scanRows(setup) {
    const { vectors, queries } = place(setup, false);
    const best = setup.arena.uint8(COUNT * ASKED * bestBytes(BEST));
    const scratch = setup.arena.kernels.scanScratchBytes(ASKED);
    return {
      args: [setup.at(best), vectors, queries, ASKED, BEST, GRAIN, 0, -Infinity],
      items: COUNT,
      scratch,
      outputs: [best],
    };
  },
  scoreLists(setup) {
    const { vectors, queries, planes, terms } = place(setup, true, COUNT);
    const best = setup.arena.uint8(COUNT * bestBytes(BEST));
    const lists = setup.idsAt(codes(setup.random, COUNT * 9, COUNT * GRAIN));
    const lengths = setup.idsAt(codes(setup.random, COUNT, 10));
    const places = setup.idsAt(Array.from({ length: COUNT * GRAIN }, (_, i) => COUNT * GRAIN - 1 - i));
    return {
      args: [setup.at(best), vectors, queries, planes, terms, BEST, lists, 9, lengths, places, 0, -1, 1, 1],
      items: COUNT,
      scratch: setup.arena.kernels.int8ScratchBytes(STRIDE),
      outputs: [best],
    };
  },
  searchSignatures(setup) {
    const { vectors, queries, planes, terms } = place(setup, true, COUNT);
    const best = setup.arena.uint8(COUNT * bestBytes(BEST));
    const scored = setup.arena.int32(COUNT);
    const blocks = placeBlocks(setup, setup.random, { count: COUNT, size: GRAIN, words: 2 });
    const signatures = setup.idsAt(codes(setup.random, COUNT * 4, 2 ** 32));
    const cosines = setup.floatsAt(Array.from({ length: 129 }, (_, h) => 1 - h / 100));
    const asked = [queries, planes, terms, signatures, cosines] as const;
    return {
      args: [setup.at(best), setup.at(scored), 0, vectors, blocks.at, ...asked, BEST, 100],
      items: COUNT,
      scratch: setup.arena.kernels.signaturesScratchBytes(STRIDE, GRAIN, BEST),
      outputs: [best, scored],
    };
  },
};
