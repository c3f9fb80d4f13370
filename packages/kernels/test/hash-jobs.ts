/** The jobs of hash kernels, for jobs.ts: some vectors dense and all of their rows, some sparse and listed. */
import { invert, makeBatch, placeBatch, randomBins, randomPlanes } from './hash-batches.ts';
import type { Job } from './jobs.ts';
import { COUNT, type Setup, WIDTH } from './setup.ts';

type HashKernel = 'hashDwta' | 'hashDwtaSparse' | 'hashHadamard' | 'hashTernary' | 'hashTernarySparse';

const [BITS, TABLES, TAIL] = [3, 5, 2] as const;
const COORDINATES = WIDTH + TAIL;

function batch(setup: Setup, sparse: boolean): { at: number; codes: Uint32Array } {
  const shape = { width: WIDTH, tailWidth: TAIL, count: COUNT, sparse, listed: sparse };
  return placeBatch(setup, makeBatch(setup.random, shape), TABLES);
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
};
