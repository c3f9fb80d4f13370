export { ALIAS_WORDS, layAliases } from './alias-table.ts';
export { ALIGNMENT } from './allocator.ts';
export { Arena, type ArenaOptions, type View } from './arena.ts';
export type { KernelArguments, KernelExports } from './generated/kernels.ts';
export { BLOCKS_WORDS, type BlocksFields, layBlocks } from './blocks.ts';
export { HASH_BATCH_WORDS, type HashBatchFields, writeHashBatch } from './hash-batch.ts';
export {
  adamCorrections,
  adamMoves,
  layOptimizer,
  layPairs,
  layRows,
  laySparse,
  MOMENT_FORMATS,
  momentumMoves,
  OPTIMIZER_KINDS,
  setStep,
  type OptimizerFields,
  type PairsFields,
  type RowsFields,
  type SparseFields,
  type StepFields,
} from './layout.ts';
export { multiply, type ProductShape, type Strided } from './multiply.ts';
export { readFileBytes, writeFileAtomic } from './node-file.ts';
export { hasRelaxedSimd, whyNotShared } from './program.ts';
export { Resource } from './resource.ts';
export { RowPairs } from './row-pairs.ts';
export {
  laySampleLayers,
  laySamplePass,
  OPTIMIZER_WORDS,
  SAMPLE_LAYER_KINDS,
  SAMPLE_LOSSES,
  type SampleLayerFields,
  type SamplePassFields,
} from './sample-pass.ts';
export { randomStream, resumeStream, type RandomStream } from './random.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  encodeSafetensorsPieces,
  tensorOf,
  type SafetensorsFile,
  type Tensor,
  type TensorData,
  type TensorDtype,
} from './safetensors.ts';
export { Team, type JobOptions, type TeamOptions, type WorkerLike } from './team.ts';
export {
  type Best,
  bestBytes,
  type Int8Fields,
  layVectors,
  readBest,
  VECTORS_WORDS,
  type VectorsFields,
} from './vectors.ts';
export { workerSource } from './worker-source.ts';
