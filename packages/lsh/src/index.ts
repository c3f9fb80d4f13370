export { BucketTables, type TablesStatistics } from './bucket-tables.ts';
export type { QueryCosts, QueryWork } from './costs.ts';
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
export type { QueryOptions, QueryResult } from './query.ts';
export { FixedTables, type FixedTablesOptions, type FixedTablesStatistics } from './fixed-tables.ts';
export { rankSimilarity } from './rank-similarity.ts';
export { bindHasher, collisionProbability, familyOf, registerFamily } from './registry.ts';
export { simHash, type SimHashSpec } from './simhash.ts';
export { suggestParameters, type Sizing, type SizingOptions } from './sizing.ts';
export type { LoadedTables, LoadOptions } from './table-file.ts';
export { HashTables, type TablesOptions } from './tables.ts';
export { tune, type TuneOptions, type Tuning } from './tune.ts';
