/** The jobs of scans, for jobs.ts: a few rows for each part. */
import { bestBytes } from '../src/index.ts';
import { codes } from './data.ts';
import type { Job } from './jobs.ts';
import { makeScan, placeScan, type PlacedScan } from './scans.ts';
import { COUNT, type Setup, WIDTH } from './setup.ts';

const [GRAIN, ASKED, BEST, SLACK] = [5, 6, 3, 1e-6] as const;
const STRIDE = Math.ceil(WIDTH / 16) * 16;

function place(setup: Setup, quantized: boolean, asked: number = ASKED): PlacedScan {
  const { arena, random } = setup;
  const placed = placeScan(setup, makeScan(random, COUNT * GRAIN, WIDTH, asked));
  if (quantized) arena.kernels.quantizeRows(placed.vectors, SLACK, 0, 0, COUNT * GRAIN);
  return placed;
}

export const SCAN_JOBS: {
  readonly [K in 'quantizeQueries' | 'quantizeRows' | 'scanInt8' | 'scanRows' | 'scoreLists']: (
    setup: Setup,
  ) => Job<K>;
} = {
  quantizeQueries(setup) {
    const { arena, random } = setup;
    const queries = arena.float32(COUNT * STRIDE);
    queries.forEach((_, i) => (queries[i] = random.normal()));
    const planes = arena.uint8(2 * COUNT * STRIDE);
    const terms = arena.float32(3 * COUNT);
    const args = [setup.at(queries), setup.at(planes), setup.at(terms), STRIDE] as const;
    return { args: [...args], items: COUNT, outputs: [planes, terms] };
  },
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
};
