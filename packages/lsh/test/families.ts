/** Every family and form of it that comes with the package: what all of them must do, tests ask of each. */
import { dwta, type FamilySpec, simHash } from '../src/index.ts';

export const FAMILIES: readonly (readonly [string, FamilySpec])[] = [
  ['simHash', simHash({ bits: 9, tables: 7 })],
  ['simHash, sparse', simHash({ bits: 9, tables: 7, projection: 'sparse' })],
  ['simHash, sparse, a tenth', simHash({ bits: 5, tables: 11, projection: 'sparse', density: 0.1 })],
  ['simHash, hadamard', simHash({ bits: 9, tables: 7, projection: 'hadamard' })],
  ['simHash, hadamard, many blocks', simHash({ bits: 24, tables: 20, projection: 'hadamard' })],
  ['dwta', dwta({ hashes: 4, tables: 9 })],
  ['dwta, bins of 4', dwta({ hashes: 12, tables: 5, binSize: 4 })],
  ['dwta, mixed', dwta({ hashes: 8, tables: 6, buckets: 1000 })],
];
