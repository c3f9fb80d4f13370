export { BucketTables, type TablesStatistics } from './bucket-tables.ts';
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
export type { QueryOptions, QueryResult } from './query.ts';
export { FixedTables, type FixedTablesOptions, type FixedTablesStatistics } from './fixed-tables.ts';
export { rankSimilarity } from './rank-similarity.ts';
export { bindHasher, collisionProbability, familyOf, registerFamily } from './registry.ts';
export { simHash, type SimHashSpec } from './simhash.ts';
export type { LoadedTables, LoadOptions } from './table-file.ts';
export { HashTables, type TablesOptions } from './tables.ts';
