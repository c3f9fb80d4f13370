export { BucketTables, type TablesStatistics } from './bucket-tables.ts';
export type { QueryCosts, QueryWork } from './costs.ts';
export { crossPolytope, type CrossPolytopeSpec } from './cross-polytope.ts';
export { doph, type DophSpec } from './doph.ts';
export { dwta, type DwtaSpec } from './dwta.ts';
export { estimateLogPartition, estimateSum, inclusionProbability } from './estimators.ts';
export type {
  CodeTarget,
  DenseVectors,
  FamilySpec,
  HashFamily,
  Hasher,
  HasherContext,
  SparseVectors,
} from './family.ts';
export type { IdLists } from './nearest.ts';
export { FixedTables, type FixedTablesOptions, type FixedTablesStatistics } from './fixed-tables.ts';
export { minHash, type MinHashSpec } from './minhash.ts';
export { pStable, type PStableSpec } from './p-stable.ts';
export type { QueryOptions, QueryResult } from './query.ts';
export { rankSimilarity } from './rank-similarity.ts';
export { bindHasher, collisionProbability, familyOf, registerFamily } from './registry.ts';
export { simHash, type SimHashSpec } from './simhash.ts';
export { suggestParameters, type Sizing, type SizingOptions } from './sizing.ts';
export type { LoadedTables, LoadOptions } from './table-file.ts';
export { HashTables, type TablesOptions } from './tables.ts';
export { tune, type TuneOptions, type Tuning } from './tune.ts';
export { weightedMinHash, type WeightedMinHashSpec } from './weighted-minhash.ts';
export { wta, type WtaSpec } from './wta.ts';
