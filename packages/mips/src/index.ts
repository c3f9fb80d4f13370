export {
  type ActivationRecall,
  activationRecall,
  type ActivationWay,
  type LayerSample,
} from './activation-recall.ts';
export { ExactIndex, type ExactIndexOptions } from './index/exact-index.ts';
export { MipsIndex } from './index/mips-index.ts';
export { checkSignatures, type MipsIndexOptions } from './index/mips-options.ts';
export { type IndexSource, Names, type NamesJson } from '@hashgrad/lsh';
export { overallRatio, recall } from './recall.ts';
export type { IdFilter, ResultOptions, SearchEffort, SearchOptions } from './index/search-options.ts';
export type { SearchResult } from './index/search-result.ts';
export { asymmetricMinHash } from './transforms/asymmetric-min-hash.ts';
export { identity } from './transforms/identity.ts';
export { l2Alsh } from './transforms/l2-alsh.ts';
export { bucketRank, normRanging } from './transforms/norm-ranging.ts';
export { qnf } from './transforms/qnf.ts';
export { indexTransformOf, registerTransform, transformOf } from './transforms/registry.ts';
export { saAlsh } from './transforms/sa-alsh.ts';
export { signAlsh } from './transforms/sign-alsh.ts';
export { simpleAlsh } from './transforms/simple-alsh.ts';
export { simpleLsh } from './transforms/simple-lsh.ts';
export type {
  BlockRule,
  Scale,
  Similarity,
  TailTarget,
  Transform,
  TransformDefinition,
  TransformedPair,
  TransformSpec,
} from './transforms/transform.ts';
export {
  type DenseBatch,
  type QueryTerms,
  type RowTerms,
  type SparseBatch,
  TransformedHasher,
  type TransformedHasherOptions,
  type TransformedLesson,
} from './transforms/transformed-hasher.ts';
export type { TuneGoal } from './index/tune.ts';
export type { TuneResult } from './index/tune-result.ts';
export { VectorIndex, type VectorIndexOptions } from './index/vector-index.ts';
export { xbox } from './transforms/xbox.ts';
