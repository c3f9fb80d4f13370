export { BucketTables, type TablesStatistics } from './tables/bucket-tables.ts';
export type { QueryCosts, QueryWork } from './tuning/costs.ts';
export { crossPolytope, type CrossPolytopeSpec } from './families/cross-polytope.ts';
export { doph, type DophSpec } from './families/doph.ts';
export { dwta, type DwtaSpec } from './families/dwta.ts';
export { estimateLogPartition, estimateSum, inclusionProbability } from './tables/estimators.ts';
export {
  sumOperations,
  type BoundFamily,
  type CodeTarget,
  type DenseVectors,
  type FamilySpec,
  type HashFamily,
  type Hasher,
  type HasherContext,
  type HashOperations,
  type Learning,
  type Lesson,
  type SparseVectors,
} from './family.ts';
export type { IdLists } from './tuning/nearest.ts';
export { FixedTables, type FixedTablesOptions, type FixedTablesStatistics } from './tables/fixed-tables.ts';
export { LshIndex, type LshIndexOptions } from './lsh-index/lsh-index.ts';
export type { FileBytes, IndexSource } from './vectors/index-source.ts';
export { itq, type ItqSpec } from './families/itq.ts';
export { learned, type LearnedSpec } from './families/learned.ts';
export type { LshHits, Metric } from './lsh-index/metric.ts';
export type { LshQueryOptions } from './lsh-index/query-options.ts';
export type { SuggestOptions } from './lsh-index/suggest-family.ts';
export { minHash, type MinHashSpec } from './families/minhash.ts';
export type { BandWeights } from './minhash-index/bands.ts';
export { hashText } from './minhash-index/hash-text.ts';
export { MinHashIndex } from './minhash-index/minhash-index.ts';
export type { MinHashIndexOptions } from './minhash-index/options.ts';
export type { SimilarPair } from './minhash-index/pairs.ts';
export type { MinHashStatistics, SetQueryOptions, SimilarSet } from './minhash-index/queries.ts';
export type { SetElements } from './minhash-index/set-elements.ts';
export type { SetId } from './minhash-index/set-ids.ts';
export { shingles, type ShingleOptions } from './minhash-index/shingles.ts';
export { estimateSimilarity, estimateSize, mergeSignatures } from './minhash-index/signatures.ts';
export { Names, type NamesJson } from './vectors/names.ts';
export { pStable, type PStableSpec } from './families/p-stable.ts';
export type { QueryOptions, QueryResult } from './tables/query.ts';
export { rankSimilarity } from './families/rank-similarity.ts';
export { bindHasher, collisionProbability, familyOf, registerFamily, untaughtFamilyOf } from './registry.ts';
export { simHash, type SimHashSpec } from './families/simhash.ts';
export { suggestParameters, type Sizing, type SizingOptions } from './tuning/sizing.ts';
export type { LoadedTables, LoadOptions } from './tables/table-file.ts';
export { HashTables, type TablesOptions } from './tables/tables.ts';
export { tune, type TuneOptions, type Tuning } from './tuning/tune.ts';
export { weightedMinHash, type WeightedMinHashSpec } from './families/weighted-minhash.ts';
export { wta, type WtaSpec } from './families/wta.ts';
