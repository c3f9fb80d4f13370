/** Every family and form of it that comes with the package: what all of them must do, tests ask of each. */
import { randomStream } from '@hashgrad/kernels';
import {
  crossPolytope,
  doph,
  dwta,
  type FamilySpec,
  itq,
  learned,
  minHash,
  pStable,
  simHash,
  weightedMinHash,
  wta,
} from '../src/index.ts';
import { normals } from './vectors.ts';

/** How a family takes vectors. */
export interface Traits {
  /** Whether the scale of a vector does not matter. */
  readonly scaleFree: boolean;
  /** The share of zeros with which vectors have many different codes. */
  readonly zeros: number;
  /** Makes vectors that it takes, with so many zeros, if any. */
  inputs(count: number, dimensions: number, seed: number, zeros?: number): number[][];
}

const anyReals = (count: number, dimensions: number, seed: number, zeros = 0): number[][] => {
  const random = randomStream(seed, 'zeros');
  return normals(count, dimensions, seed).map((row) =>
    row.map((value) => (zeros > 0 && random.uniform() < zeros ? 0 : value)),
  );
};

const REALS: Traits = { scaleFree: true, zeros: 0, inputs: anyReals };
const PLACES: Traits = { ...REALS, scaleFree: false };
const SETS: Traits = { ...REALS, zeros: 0.95 };
const WEIGHTS: Traits = {
  scaleFree: false,
  zeros: 0.95,
  inputs: (...sizes) => anyReals(...sizes).map((row) => row.map(Math.abs)),
};

export const FAMILIES: readonly (readonly [string, FamilySpec, Traits])[] = [
  ['simHash', simHash({ bits: 9, tables: 7 }), REALS],
  ['simHash, sparse', simHash({ bits: 9, tables: 7, projection: 'sparse' }), REALS],
  ['simHash, sparse, a tenth', simHash({ bits: 5, tables: 11, projection: 'sparse', density: 0.1 }), REALS],
  ['simHash, hadamard', simHash({ bits: 9, tables: 7, projection: 'hadamard' }), REALS],
  ['simHash, hadamard, many blocks', simHash({ bits: 24, tables: 20, projection: 'hadamard' }), REALS],
  ['learned, untaught', learned({ bits: 9, tables: 7 }), REALS],
  ['itq, untaught', itq({ bits: 9, tables: 7 }), REALS],
  ['crossPolytope', crossPolytope({ bits: 9, tables: 7 }), REALS],
  ['crossPolytope, small', crossPolytope({ bits: 11, tables: 5, size: 8 }), REALS],
  ['crossPolytope, as wide as vectors', crossPolytope({ bits: 20, tables: 20, size: 256 }), REALS],
  ['pStable', pStable({ hashes: 4, tables: 7, width: 2 }), PLACES],
  ['pStable, two cells', pStable({ hashes: 9, tables: 5, width: 1, cells: 2 }), PLACES],
  ['wta', wta({ hashes: 4, tables: 9 }), REALS],
  ['wta, bins of 4', wta({ hashes: 12, tables: 5, binSize: 4 }), REALS],
  ['wta, mixed', wta({ hashes: 8, tables: 6, buckets: 1000 }), REALS],
  ['dwta', dwta({ hashes: 4, tables: 9 }), REALS],
  ['dwta, bins of 4', dwta({ hashes: 12, tables: 5, binSize: 4 }), REALS],
  ['dwta, mixed', dwta({ hashes: 8, tables: 6, buckets: 1000 }), REALS],
  ['minHash', minHash({ hashes: 3, tables: 9 }), SETS],
  ['minHash, single bits', minHash({ hashes: 12, tables: 5, bits: 1 }), SETS],
  ['doph', doph({ hashes: 3, tables: 9 }), SETS],
  ['doph, many tables', doph({ hashes: 2, tables: 70, bits: 5 }), SETS],
  ['weightedMinHash', weightedMinHash({ hashes: 3, tables: 9 }), WEIGHTS],
  ['weightedMinHash, single bits', weightedMinHash({ hashes: 12, tables: 5, bits: 1 }), WEIGHTS],
];
