/** The jobs of hash kernels, for jobs.ts: some vectors dense and all of their rows, some sparse and listed. */
import { invert, makeBatch, placeBatch, randomBins, randomPlanes } from './hash-batches.ts';
import { floats, pad4 } from './data.ts';
import type { Job, KernelName } from './jobs.ts';
import { COUNT, type Setup, WIDTH } from './setup.ts';

type HashKernel = Extract<
  KernelName,
  | `hash${string}`
  | 'projectHadamard'
  | 'projectTernary'
  | `probe${string}`
  | 'packCells'
  | 'packSigns'
  | 'fillDoph'
  | 'fillMinHash'
  | 'signSets'
>;

const [BITS, TABLES, TAIL] = [3, 5, 2] as const;
const COORDINATES = WIDTH + TAIL;

function batch(setup: Setup, sparse: boolean): { at: number; codes: Uint32Array } {
  const shape = { width: WIDTH, tailWidth: TAIL, count: COUNT, sparse, listed: sparse };
  return placeBatch(setup, makeBatch(setup.random, shape), TABLES);
}

/** Places for the projections of `outputs` hyperplanes. */
function projections(setup: Setup, outputs: number): { made: Float32Array; stride: number } {
  const stride = pad4(outputs);
  return { made: setup.arena.float32(COUNT * stride), stride };
}

/** Given projections, and where the codes of so many probes go. */
function probing(setup: Setup, outputs: number, probes: number) {
  const codes = setup.arena.uint32(COUNT * TABLES * probes);
  const stride = pad4(outputs);
  const given = setup.floatsAt(floats(setup.random, COUNT * stride, -3, 3));
  const scratch = setup.arena.kernels.probeScratchBytes(probes);
  return { args: [setup.at(codes), COUNT, probes, given, stride] as const, codes, scratch };
}

export const HASH_JOBS: { readonly [K in HashKernel]: (setup: Setup) => Job<K> } = {
  hashDwta(setup) {
    const { at, codes } = batch(setup, false);
    const members = setup.idsAt(randomBins(setup.random, BITS * TABLES, 8, COORDINATES));
    const probes = setup.idsAt([1234567, 7654321, 89, 98]);
    const scratch = setup.arena.kernels.dwtaScratchBytes(COORDINATES, BITS * TABLES);
    return { args: [at, members, probes, 3, BITS, TABLES, 0], items: COUNT, scratch, outputs: [codes] };
  },
  hashDwtaSparse(setup) {
    const { at, codes } = batch(setup, true);
    const members = randomBins(setup.random, BITS * TABLES, 8, COORDINATES);
    const { starts, entries } = invert(members, COORDINATES, (i) => i);
    const lists = [setup.idsAt(starts), setup.idsAt(entries)] as const;
    const probes = setup.idsAt([1234567, 7654321, 89, 98]);
    const scratch = setup.arena.kernels.dwtaSparseScratchBytes(BITS * TABLES);
    return { args: [at, ...lists, probes, 3, BITS, TABLES, 100], items: COUNT, scratch, outputs: [codes] };
  },
  hashHadamard(setup) {
    const { at, codes } = batch(setup, false);
    const signs = setup.idsAt(Array.from({ length: 3 * 64 }, () => -setup.random.integer(2) * 2 ** 31));
    const scratch = setup.arena.kernels.hadamardScratchBytes(6, TABLES);
    return { args: [at, signs, 6, BITS, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  hashTernary(setup) {
    const { at, codes } = batch(setup, false);
    const { starts, members } = randomPlanes(setup.random, BITS * TABLES, COORDINATES);
    const lists = [setup.idsAt(starts), setup.idsAt(members)] as const;
    const scratch = setup.arena.kernels.ternaryScratchBytes(COORDINATES);
    return { args: [at, ...lists, BITS, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  hashTernarySparse(setup) {
    const { at, codes } = batch(setup, true);
    const { members } = randomPlanes(setup.random, BITS * TABLES, COORDINATES);
    const sums = 2 * Math.ceil((BITS * TABLES) / 4) * 4;
    const { starts, entries } = invert(members, COORDINATES, (i) => (i * 7) % sums);
    const lists = [setup.idsAt(starts), setup.idsAt(entries)] as const;
    const scratch = setup.arena.kernels.ternarySparseScratchBytes(BITS * TABLES);
    return { args: [at, ...lists, BITS, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  hashWta(setup) {
    const { at, codes } = batch(setup, true);
    const members = setup.idsAt(randomBins(setup.random, BITS * TABLES, 8, COORDINATES));
    const scratch = setup.arena.kernels.wtaScratchBytes(COORDINATES);
    return { args: [at, members, 3, BITS, TABLES, 0], items: COUNT, scratch, outputs: [codes] };
  },
  hashPolytopes(setup) {
    const { at, codes } = batch(setup, false);
    const signs = setup.idsAt(Array.from({ length: 7 * 32 }, () => -setup.random.integer(2) * 2 ** 31));
    const scratch = setup.arena.kernels.polytopeScratchBytes(5, TABLES);
    return { args: [at, signs, 5, 4, 7, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  fillMinHash(setup) {
    const orders = setup.arena.uint32(2 * 32 * COUNT);
    const seeds = setup.idsAt(Array.from({ length: 128 }, () => setup.random.integer(2 ** 31)));
    return { args: [setup.at(orders), seeds, 2, COUNT], items: COUNT, outputs: [orders] };
  },
  hashMin(setup) {
    const { at, codes } = batch(setup, true);
    const seeds = setup.idsAt(Array.from({ length: 64 }, () => setup.random.integer(2 ** 31)));
    const scratch = setup.arena.kernels.minHashScratchBytes(COORDINATES, 1, TABLES);
    return { args: [at, COORDINATES, 0, seeds, 1, 4, BITS, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  fillDoph(setup) {
    const orders = setup.arena.uint32(2 * BITS * COUNT);
    const seeds = setup.idsAt(Array.from({ length: 8 }, () => setup.random.integer(2 ** 31)));
    return { args: [setup.at(orders), seeds, BITS, TABLES], items: COUNT, outputs: [orders] };
  },
  hashDoph(setup) {
    const { at, codes } = batch(setup, false);
    const seeds = setup.idsAt(Array.from({ length: 8 }, () => setup.random.integer(2 ** 31)));
    const probes = setup.idsAt([1234567, 7654321, 89, 98]);
    const scratch = setup.arena.kernels.dophScratchBytes(COORDINATES, BITS, TABLES);
    return { args: [at, 0, seeds, probes, 4, BITS, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  hashWeighted(setup) {
    const { at, codes } = batch(setup, true);
    const draws = setup.floatsAt(floats(setup.random, 2 * COORDINATES * 32, 0.1, 2));
    const scratch = setup.arena.kernels.weightedScratchBytes(COORDINATES, 2, TABLES);
    const args = [at, COORDINATES, draws, 2, 4, BITS, TABLES] as const;
    return { args: [...args], items: COUNT, scratch, outputs: [codes] };
  },
  projectHadamard(setup) {
    const { at } = batch(setup, false);
    const signs = setup.idsAt(Array.from({ length: 4 * 64 }, () => -setup.random.integer(2) * 2 ** 31));
    const { made, stride } = projections(setup, 75);
    const scratch = setup.arena.kernels.projectHadamardScratchBytes(6);
    return { args: [at, signs, 6, 75, setup.at(made), stride], items: COUNT, scratch, outputs: [made] };
  },
  projectTernary(setup) {
    const { at } = batch(setup, false);
    const { starts, members } = randomPlanes(setup.random, 15, COORDINATES);
    const lists = [setup.idsAt(starts), setup.idsAt(members)] as const;
    const { made, stride } = projections(setup, 15);
    const scratch = setup.arena.kernels.projectTernaryScratchBytes(COORDINATES);
    return { args: [at, ...lists, 15, setup.at(made), stride], items: COUNT, scratch, outputs: [made] };
  },
  packSigns(setup) {
    const made = setup.arena.uint32(3 * COUNT);
    const given = setup.floatsAt(floats(setup.random, COUNT * 28));
    const scratch = setup.arena.kernels.packSignsScratchBytes(9, 3);
    return {
      args: [setup.at(made), COUNT, 0, given, 28, 9, 3],
      items: COUNT,
      scratch,
      outputs: [made],
    };
  },
  packCells(setup) {
    const { made, stride } = projections(setup, 15);
    made.set(floats(setup.random, made.length, -9, 9));
    const offsets = setup.floatsAt(floats(setup.random, 16, 0, 1));
    const codes = setup.arena.uint32(COUNT * TABLES);
    const args = [setup.at(codes), COUNT, 0, setup.at(made), stride, offsets, BITS, 2, TABLES] as const;
    return { args: [...args], items: COUNT, outputs: [codes] };
  },
  probeSigns(setup) {
    const { args, codes, scratch } = probing(setup, BITS * TABLES, 5);
    return { args: [...args, 0, BITS, 1, BITS, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  probeCells(setup) {
    const { args, codes, scratch } = probing(setup, BITS * TABLES, 7);
    const offsets = setup.floatsAt(floats(setup.random, 16, 0, 1));
    return { args: [...args, offsets, BITS, 2, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  probePolytopes(setup) {
    const { args, codes, scratch } = probing(setup, (16 + 2) * TABLES, 6);
    return { args: [...args, 4, 7, TABLES], items: COUNT, scratch, outputs: [codes] };
  },
  signSets(setup) {
    const blocks = 2;
    const signatures = setup.arena.uint32(COUNT * blocks * 32).fill(0xffffffff);
    const words = setup.idsAt(Array.from({ length: 5 * COUNT }, (_, i) => i * i));
    const offsets = setup.idsAt(Array.from({ length: COUNT + 1 }, (_, s) => 5 * s));
    const seeds = setup.idsAt(Array.from({ length: blocks * 64 }, () => setup.random.integer(2 ** 31)));
    const args = [setup.at(signatures), words, offsets, seeds, 12345, blocks] as const;
    return { args: [...args], items: COUNT, outputs: [signatures] };
  },
};
