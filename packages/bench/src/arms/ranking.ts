/** Hashes that items are ranked by: levels of a factor, for the measure 'hash-ranking'. */
import { type FamilySpec, pStable, simHash } from '@hashgrad/lsh';
import { identity, l2Alsh, signAlsh, simpleLsh, type TransformSpec } from '@hashgrad/mips';
import type { Json } from '../engine/record.ts';
import type { Factor } from '../engine/study.ts';

/** A transform and a family of hashes, a table each; plain JSON. */
export interface RankingMethod {
  readonly transform: TransformSpec;
  readonly family: FamilySpec;
}

/** U of the paper, the length of the longest item, and r, the width of a cell. */
export const RANKING_BOUND = 0.83;
const WIDTH = 2.5;

/** As many as are counted at most. */
const TABLES = 512;
// Plain L2 LSH has the same length and width, and differs from L2-ALSH by no more than the appended coordinates.
const CELLS = pStable({ hashes: 1, tables: TABLES, width: WIDTH });
const SIGNS = simHash({ bits: 1, tables: TABLES });

const METHODS: Readonly<Record<string, RankingMethod>> = {
  'L2 LSH': { transform: identity(), family: CELLS },
  'L2-ALSH': { transform: l2Alsh({ powers: 3, bound: RANKING_BOUND }), family: CELLS },
  SimHash: { transform: identity(), family: SIGNS },
  'Sign-ALSH': { transform: signAlsh(), family: SIGNS },
  'Simple-LSH': { transform: simpleLsh(), family: SIGNS },
};

/** The hashes of the paper and its successors, as levels of a factor that sets `method`. */
export const RANKING_METHODS: Factor = Object.fromEntries(
  Object.entries(METHODS).map(([name, method]) => [name, { method: method as unknown as Json }]),
);
