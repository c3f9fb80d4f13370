/** The jobs of kernels that choose units, for jobs.ts: by chance, or the highest; and of one that draws numbers. */
import { layAliases } from '../src/index.ts';
import { codes, floats, matrix } from './data.ts';
import type { Job } from './jobs.ts';
import { COUNT, STRIDE, WIDTH, type Setup } from './setup.ts';

type Kernel =
  | 'drawUnits'
  | 'drawKeyed'
  | 'drawWeighted'
  | 'drawNormals'
  | 'fireUnits'
  | 'topK'
  | 'nearestSignatures'
  | 'bestOfRows';

export const CHOICE_JOBS: { readonly [K in Kernel]: (setup: Setup) => Job<K> } = {
  drawUnits(setup) {
    const limit = 9;
    const ids = setup.arena.int32(COUNT * limit);
    const lengths = setup.arena.int32(COUNT);
    const corrections = setup.arena.float32(COUNT * limit);
    return {
      args: [setup.at(ids), setup.at(lengths), setup.at(corrections), limit, 77, 5, 6, 4, COUNT],
      items: Math.ceil(COUNT / 4),
      scratch: setup.arena.kernels.drawSharedScratchBytes(77, limit),
      outputs: [ids, lengths, corrections],
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
      args: [
        setup.at(ids),
        setup.at(lengths),
        setup.at(corrections),
        setup.at(entries),
        limit,
        77,
        5,
        6,
        4,
        COUNT,
      ],
      items: Math.ceil(COUNT / 4),
      scratch: setup.arena.kernels.drawSharedScratchBytes(77, limit),
      outputs: [ids, lengths, corrections],
    };
  },
  drawNormals(setup) {
    const out = setup.arena.float32(3 + 2 * COUNT * STRIDE);
    const points = setup.arena.float64(2 * COUNT).map(() => 0.1 + 0.6 * setup.random.uniform());
    const placed = setup.arena.float64(points.length);
    placed.set(points);
    return { args: [setup.at(out), STRIDE, WIDTH, 0.7, setup.at(placed), 3], items: COUNT, outputs: [out] };
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
  topK(setup) {
    const ids = setup.arena.int32(COUNT * 5);
    const values = setup.floatsAt(floats(setup.random, COUNT * WIDTH));
    return {
      args: [setup.at(ids), values, WIDTH, WIDTH, 5],
      items: COUNT,
      scratch: setup.arena.kernels.topKScratchBytes(WIDTH),
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
    const norms = setup.floatsAt(floats(setup.random, COUNT, 1, 900));
    const biases = setup.floatsAt(floats(setup.random, COUNT, -100, 100));
    const cosines = setup.floatsAt(
      Float32Array.from({ length: 129 }, (_, d) => Math.cos((Math.PI * d) / 128)),
    );
    return {
      args: [setup.at(ids), setup.at(signatures), setup.at(queries), norms, cosines, biases, 2, COUNT, 5],
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
};
