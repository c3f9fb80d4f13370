export { crossPolytope, type CrossPolytopeSpec } from './cross-polytope.ts';
export { doph, type DophSpec } from './doph.ts';
export { dwta, type DwtaSpec } from './dwta.ts';
export type {
  CodeTarget,
  DenseVectors,
  FamilySpec,
  HashFamily,
  Hasher,
  HasherContext,
  SparseVectors,
} from './family.ts';
export { minHash, type MinHashSpec } from './minhash.ts';
export { pStable, type PStableSpec } from './p-stable.ts';
export { rankSimilarity } from './rank-similarity.ts';
export { bindHasher, collisionProbability, familyOf, registerFamily } from './registry.ts';
export { simHash, type SimHashSpec } from './simhash.ts';
export {
  HashTables,
  inclusionProbability,
  type QueryOptions,
  type QueryResult,
  type TablesOptions,
  type TablesStatistics,
} from './tables.ts';
export { weightedMinHash, type WeightedMinHashSpec } from './weighted-minhash.ts';
export { wta, type WtaSpec } from './wta.ts';
