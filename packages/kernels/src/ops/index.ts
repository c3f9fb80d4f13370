/**
 * The ops: one typed function for each kernel, the only way to the kernels from outside of this folder.
 *
 * - Signature: `op(team, { named arrays and numbers }, count, options?)`. `count` is the number of items that threads share
 *   out: samples, rows, tables. An op of one piece of work has no count.
 * - Arrays lie in the team's arena; any other is refused with a TypeError. An array that is not wanted is left out.
 * - Strides and widths are in elements of their array, and so are ranges: whoever wants to start elsewhere gives a subarray.
 * - Every array is checked to have room for what the kernel reads and writes, see room.ts; a RangeError says which has not,
 *   and nothing is then computed. Ids and offsets within lists are not checked.
 * - Scratch memory and the share of each thread are the op's business.
 * - Records of the assembly's classes are laid by name (record.ts), and given as `RowsRecord` and the like, which know the
 *   arrays that they were laid with.
 * - An op knows kernels only: no hash family, no network, no index.
 */
export {
  activateDense,
  type Activation,
  ACTIVATION_KINDS,
  dropout,
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  tanh,
  tanhGradient,
} from './activation.ts';
export { columnSums, gemm, gemmScratch, type Matrix, type Product, sumPartials } from './dense.ts';
export { HashBatch, type HashBatchFields, type Words } from './hash/batch.ts';
export { probeCells, probePolytopes, probeScratch, probeSigns } from './hash/probes.ts';
export {
  hashHadamard,
  hashPolytopes,
  polytopeOutputs,
  projectHadamard,
  rotationRounds,
  rotationScratch,
} from './hash/rotations.ts';
export {
  fillDoph,
  fillMinHash,
  hashDoph,
  hashMin,
  hashWeighted,
  signSets,
  weightedScratch,
} from './hash/sets.ts';
export {
  hashTernary,
  hashTernarySparse,
  packCells,
  packSigns,
  projectTernary,
  ternaryScratch,
} from './hash/signs.ts';
export { dwtaScratch, hashDwta, hashDwtaSparse, hashWta, wtaScratch } from './hash/winners.ts';
export { dotRowsInt8, gatherRowsInt8, type Int8Rows, multiplyInt8 } from './int8.ts';
export { type PairsFields, type RowsFields, RowsRecord, type SparseFields, SparseRecord } from './layout.ts';
export {
  type LabelledOutputs,
  type ScoredOutputs,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squaredError,
  type WeightingFields,
  WeightingRecord,
} from './loss.ts';
export {
  adamCorrections,
  adamMoves,
  MOMENT_FORMATS,
  momentumMoves,
  OPTIMIZER_KINDS,
  type OptimizerFields,
  OptimizerRecord,
  type StepFields,
  updateChosenRows,
  updateRows,
} from './optimizer.ts';
export { RowPairs } from './row-pairs.ts';
export {
  copyRows,
  distanceRows,
  dotRows,
  gatherRows,
  type ListedRows,
  squaredNorms,
  transposeRows,
} from './rows.ts';
export { drawKeyed, drawUnits, drawWeighted, type FilledLists, fireUnits } from './draws.ts';
export { drawNormals } from './normals.ts';
export { dotRowsSparse, gatherColumns, gatherRowsSparse, multiplySparse, scatterRows } from './sparse.ts';
export { bitmapWords, buildBitmaps, countBitmaps } from './bitmaps.ts';
export {
  type AskedTables,
  buildTables,
  editSlots,
  editTables,
  feedBuckets,
  countEntries,
  largestCode,
  lookup,
  sortIds,
} from './tables.ts';
export { type Best, bestBytes, leastOfBest, readBest } from './search/best.ts';
export { BlockReader } from './search/block-reader.ts';
export {
  BLOCK_SLOTS,
  blockBytes,
  type BlockFields,
  BlockRecords,
  type BlocksFields,
  type BlockShape,
  BlockVectors,
  copyPlaces,
  fillBlock,
  signatureBytes,
  type StagedFields,
  StagedVectors,
} from './search/blocks.ts';
export { bestOfRows, nearestSignatures, topK } from './search/choose.ts';
export {
  BlockGroups,
  type GroupFields,
  nearestToCentres,
  pairPlaces,
  projectPlaces,
  routePlaces,
  sumDirections,
} from './search/directions.ts';
export { type Scan, scanInt8, scanInt8Async, scanRows, scanRowsAsync, scoreLists } from './search/scan.ts';
export {
  type MembersFields,
  MembersRecord,
  quantizeMembers,
  type QuantizedSamples,
  quantizeSamples,
  scoreMembers,
} from './search/score-members.ts';
export { type BlockSearch, scorePlaces, searchBlocks, searchBlocksAsync } from './search/search-blocks.ts';
export {
  type Int8Fields,
  quantizeQueries,
  quantizeRows,
  type ScanQueries,
  ScanVectors,
  type VectorsFields,
} from './search/vectors.ts';
export {
  type SampleBatch,
  type SampleLayerFields,
  SampleOptimizers,
  SamplePass,
  trainSamples,
} from './training.ts';
export { gatherInParts, walkBackward, walkBackwardSparse, walkForward, walkForwardSparse } from './walk.ts';
