export { BucketTables, type TablesStatistics } from './tables/bucket-tables.ts';
export type { QueryCosts, QueryWork } from './tuning/costs.ts';
export { crossPolytope, type CrossPolytopeSpec } from './families/cross-polytope.ts';
export { doph, type DophSpec } from './families/doph.ts';
export { dwta, type DwtaSpec } from './families/dwta.ts';
export { estimateLogPartition, estimateSum, inclusionProbability } from './tables/estimators.ts';
export type {
  BoundFamily,
  CodeTarget,
  DenseVectors,
  FamilySpec,
  HashFamily,
  Hasher,
  HasherContext,
  SparseVectors,
} from './family.ts';
export type { IdLists } from './tuning/nearest.ts';
export { FixedTables, type FixedTablesOptions, type FixedTablesStatistics } from './tables/fixed-tables.ts';
export { LshIndex, type LshIndexOptions } from './lsh-index/lsh-index.ts';
export type { IndexSource } from './lsh-index/index-file.ts';
export type { LshHits, Metric } from './lsh-index/metric.ts';
export type { LshQueryOptions } from './lsh-index/query-options.ts';
export type { SuggestOptions } from './lsh-index/suggest-family.ts';
export { minHash, type MinHashSpec } from './families/minhash.ts';
export { pStable, type PStableSpec } from './families/p-stable.ts';
export type { QueryOptions, QueryResult } from './tables/query.ts';
export { rankSimilarity } from './families/rank-similarity.ts';
export { bindHasher, collisionProbability, familyOf, registerFamily } from './registry.ts';
export { simHash, type SimHashSpec } from './families/simhash.ts';
export { suggestParameters, type Sizing, type SizingOptions } from './tuning/sizing.ts';
export type { LoadedTables, LoadOptions } from './tables/table-file.ts';
export { HashTables, type TablesOptions } from './tables/tables.ts';
export { tune, type TuneOptions, type Tuning } from './tuning/tune.ts';
export { weightedMinHash, type WeightedMinHashSpec } from './families/weighted-minhash.ts';
export { wta, type WtaSpec } from './families/wta.ts';
