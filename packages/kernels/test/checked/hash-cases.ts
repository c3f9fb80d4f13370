/** A small call of each hash op with outputs that just fit, by op: five vectors of 9 coordinates and a tail of 2. */
import {
  fillDoph,
  fillMinHash,
  hashDoph,
  hashDwta,
  hashDwtaSparse,
  HashBatch,
  type HashBatchFields,
  hashHadamard,
  hashMin,
  hashPolytopes,
  hashTernary,
  hashTernarySparse,
  hashWeighted,
  hashWta,
  packCells,
  packSigns,
  polytopeOutputs,
  probeCells,
  probePolytopes,
  probeSigns,
  projectHadamard,
  projectTernary,
  rotationRounds,
  signSets,
} from '../../src/index.ts';
import type { Inputs, OpCase } from './op-cases.ts';

const [COUNT, WIDTH, TAIL] = [5, 9, 2];
const COORDINATES = WIDTH + TAIL;
const [TABLES, STRIDE] = [3, 6];
/** Codes of `TABLES` tables, rows `STRIDE` apart. */
const CODES = (TABLES - 1) * STRIDE + COUNT;

type Codes = { readonly codes: Uint32Array };

/** A case whose output are the codes of a batch, of dense or of sparse vectors. */
function batched(i: Inputs, sparse: boolean, run: (batch: HashBatch) => void): OpCase<Codes> {
  const batch = new HashBatch(i.arena, i.arena.int32(HashBatch.WORDS));
  const shape = { codeStride: STRIDE, width: WIDTH, tail: i.floats(COUNT * TAIL), tailWidth: TAIL };
  const lists = { offsets: i.ints(0, 2, 2, 5, 6, 8), ids: i.ints(0, 8, 1, 2, 3, 5, 4, 7) };
  const vectors: Omit<HashBatchFields, 'codes'> = sparse
    ? { ...shape, ...lists, values: i.floats(8), stride: 0 }
    : { ...shape, values: i.floats((COUNT - 1) * 10 + WIDTH), stride: 10 };
  return {
    outputs: { codes: i.arena.uint32(CODES) },
    run({ codes }) {
      batch.lay({ ...vectors, codes });
      run(batch);
    },
  };
}

/** Two members for each list. */
const listsOf = (i: Inputs, count: number, bound: number) => ({
  starts: i.words(...Array.from({ length: count + 1 }, (_, list) => 2 * list)),
  of: i.words(...i.below(bound, 2 * count)),
});

const signsOf = (i: Inputs, outputs: number) => i.words(...i.below(1, 64 * rotationRounds(6, outputs)));

const made = (outputs: object, run: (outputs: never) => void): OpCase =>
  ({ outputs, run }) as unknown as OpCase;

const positive = (array: Float32Array): Float32Array => {
  for (const [i, x] of array.entries()) array[i] = 0.1 + Math.abs(x);
  return array;
};

export const HASH_CASES: Readonly<Record<string, (inputs: Inputs) => OpCase | OpCase<Codes>>> = {
  packSigns(i) {
    const from = { projections: i.floats(4 * 16 + 16), stride: 16, bits: 5, tables: TABLES };
    return made({ codes: i.arena.uint32(CODES) }, ({ codes }: Codes) =>
      packSigns(i.team, { codes, codeStride: STRIDE, ...from }, COUNT),
    );
  },
  packCells(i) {
    const from = { stride: 16, offsets: i.floats(16), hashes: 5, cellBits: 2, tables: TABLES };
    const outputs = { codes: i.arena.uint32(CODES), projections: i.floats(4 * 16 + 16) };
    return made(outputs, (to: typeof outputs) =>
      packCells(i.team, { ...to, codeStride: STRIDE, ...from }, COUNT),
    );
  },
  hashTernary(i) {
    const { starts, of } = listsOf(i, 2 * 4 * TABLES, COORDINATES);
    return batched(i, false, (batch) =>
      hashTernary(i.team, { batch, starts, members: of, bits: 4, tables: TABLES }, COUNT),
    );
  },
  hashTernarySparse(i) {
    const { starts, of } = listsOf(i, COORDINATES, 24);
    return batched(i, true, (batch) =>
      hashTernarySparse(i.team, { batch, starts, entries: of, bits: 4, tables: TABLES }, COUNT),
    );
  },
  projectTernary(i) {
    const { starts, of } = listsOf(i, 2 * 7, COORDINATES);
    let projections = i.floats(4 * 8 + 7);
    const inner = batched(i, false, (batch) =>
      projectTernary(i.team, { batch, starts, members: of, planes: 7, projections, stride: 8 }, COUNT),
    );
    return made({ projections }, (to: { projections: Float32Array }) => {
      projections = to.projections;
      inner.run(inner.outputs);
    });
  },
  hashHadamard(i) {
    const signs = signsOf(i, 5 * TABLES);
    return batched(i, true, (batch) =>
      hashHadamard(i.team, { batch, signs, log2: 6, bits: 5, tables: TABLES }, COUNT),
    );
  },
  projectHadamard(i) {
    const signs = signsOf(i, 70);
    let projections = i.floats(4 * 71 + 70);
    const inner = batched(i, false, (batch) =>
      projectHadamard(i.team, { batch, signs, log2: 6, outputs: 70, projections, stride: 71 }, COUNT),
    );
    return made({ projections }, (to: { projections: Float32Array }) => {
      projections = to.projections;
      inner.run(inner.outputs);
    });
  },
  hashPolytopes(i) {
    const signs = signsOf(i, TABLES * polytopeOutputs(8, 4));
    return batched(i, false, (batch) =>
      hashPolytopes(i.team, { batch, signs, log2: 6, sizeLog2: 4, bits: 8, tables: TABLES }, COUNT),
    );
  },
  probeSigns(i) {
    const places = { first: 0, tableStep: 4, bitStep: 1 };
    const from = { projections: i.floats(4 * 13 + 12), stride: 13, ...places, bits: 4, tables: TABLES };
    return made({ codes: i.arena.uint32((2 * TABLES - 1) * STRIDE + COUNT) }, ({ codes }: Codes) =>
      probeSigns(i.team, { codes, codeStride: STRIDE, probes: 2, ...from }, COUNT),
    );
  },
  probeCells(i) {
    const from = { projections: i.floats(4 * 13 + 12), stride: 13, offsets: i.floats(12) };
    return made({ codes: i.arena.uint32((2 * TABLES - 1) * STRIDE + COUNT) }, ({ codes }: Codes) =>
      probeCells(
        i.team,
        { codes, codeStride: STRIDE, probes: 2, ...from, hashes: 4, cellBits: 2, tables: TABLES },
        COUNT,
      ),
    );
  },
  probePolytopes(i) {
    const outputs = TABLES * polytopeOutputs(8, 4);
    const from = { projections: i.floats(COUNT * outputs), stride: outputs, sizeLog2: 4, bits: 8 };
    return made({ codes: i.arena.uint32((2 * TABLES - 1) * STRIDE + COUNT) }, ({ codes }: Codes) =>
      probePolytopes(i.team, { codes, codeStride: STRIDE, probes: 2, ...from, tables: TABLES }, COUNT),
    );
  },
  hashWta(i) {
    const members = i.words(...i.below(COORDINATES, 2 * TABLES * 4));
    const shape = { binBits: 2, perCode: 2, tables: TABLES, buckets: 0 };
    return batched(i, false, (batch) => hashWta(i.team, { batch, members, ...shape }, COUNT));
  },
  hashDwta(i) {
    const members = i.words(...i.below(COORDINATES, 2 * TABLES * 4));
    const shape = { probes: i.words(5, 6, 7, 8), binBits: 2, perCode: 2, tables: TABLES, buckets: 7 };
    return batched(i, true, (batch) => hashDwta(i.team, { batch, members, ...shape }, COUNT));
  },
  hashDwtaSparse(i) {
    const { starts, of } = listsOf(i, COORDINATES, 2 * TABLES * 4);
    const shape = { probes: i.words(5, 6, 7, 8), binBits: 2, perCode: 2, tables: TABLES, buckets: 0 };
    return batched(i, true, (batch) =>
      hashDwtaSparse(i.team, { batch, starts, entries: of, ...shape }, COUNT),
    );
  },
  signSets(i) {
    const functions = { seeds: i.words(...i.below(99, 64)), salt: 3, blocks: 1 };
    const outputs = { signatures: i.arena.uint32(96), words: i.words(...i.below(50, 6)) };
    const offsets = i.words(0, 2, 2, 6);
    return made(outputs, (to: typeof outputs) => signSets(i.team, { ...to, offsets, ...functions }, 3));
  },
  fillMinHash(i) {
    const seeds = i.words(...i.below(99, 128));
    return made({ orders: i.arena.uint32(64 * COORDINATES) }, ({ orders }: { orders: Uint32Array }) =>
      fillMinHash(i.team, { orders, seeds, blocks: 2 }, COORDINATES),
    );
  },
  hashMin(i) {
    const shape = {
      longest: COORDINATES,
      seeds: i.words(...i.below(99, 64)),
      blocks: 1,
      bits: 3,
      perCode: 2,
    };
    return batched(i, false, (batch) => hashMin(i.team, { batch, ...shape, tables: TABLES }, COUNT));
  },
  fillDoph(i) {
    const seeds = i.words(...i.below(99, 8));
    return made({ orders: i.arena.uint32(2 * 3 * COORDINATES) }, ({ orders }: { orders: Uint32Array }) =>
      fillDoph(i.team, { orders, seeds, perCode: 3, tables: TABLES }, COORDINATES),
    );
  },
  hashDoph(i) {
    const held = { seeds: i.words(...i.below(99, 8)), probes: i.words(5, 6, 7, 8) };
    const shape = { longest: COORDINATES, ...held, bits: 3, perCode: 3, tables: TABLES };
    return batched(i, true, (batch) => hashDoph(i.team, { batch, ...shape }, COUNT));
  },
  hashWeighted(i) {
    const draws = positive(i.floats(32 * COORDINATES));
    const shape = { longest: COORDINATES, draws, blocks: 1, bits: 3, perCode: 2, tables: TABLES };
    return batched(i, false, (batch) => {
      positive(batch.fields.values);
      positive(batch.fields.tail as Float32Array);
      hashWeighted(i.team, { batch, ...shape }, COUNT);
    });
  },
};
