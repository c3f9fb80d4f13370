/**
 * Every kernel again in plain scalar TypeScript, on plain typed arrays: to read, to test the kernels against, and to time
 * beside them. Sums are taken in 64 bits and rounded to 32 at the end, so these are the more accurate of the two.
 */
export {
  activateDense,
  columnSums,
  dropout,
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  sumPartials,
  tanh,
  tanhGradient,
} from './activation.ts';
export type { AnyRows } from './adam.ts';
export { bestOfRows } from './best-of-rows.ts';
export { fromBfloat16, toBfloat16 } from './bfloat16.ts';
export {
  type BlockVector,
  copyPlaces,
  fillBlock,
  type PlainBlock,
  type PlainBlocks,
  type PlainStaged,
  vectorAt,
} from './blocks.ts';
export { packCells } from './cells.ts';
export { gatherColumns, scatterRows } from './convert.ts';
export { copyRows } from './copy-rows.ts';
export { pairPlaces, projectPlaces, routePlaces, sumDirections } from './directions.ts';
export { type DophPlan, fillDoph, hashDoph } from './doph.ts';
export { distanceRows } from './distance-rows.ts';
export { dotRows, dotRowsInt8, gatherRowsInt8, multiplyInt8, type PlainRows } from './dot-rows.ts';
export { type AliasTable, drawWeighted } from './draw-weighted.ts';
export { drawKeyed, drawUnits } from './draw.ts';
export { type DwtaPlan, hashDwta, hashDwtaSparse } from './dwta.ts';
export { bucketsOf, editTables, NONE } from './edit-tables.ts';
export { fireUnits } from './fire.ts';
export { feedBuckets, type FixedBucket } from './fixed-tables.ts';
export { gemm, rowMajor, type StridedMatrix, transpose } from './gemm.ts';
export { hashHadamard, projectHadamard } from './hadamard.ts';
export { lookup, type LookupOptions, type LookupResult, sortIds } from './lookup.ts';
export { type LossResult, sigmoidCrossEntropy, squaredError } from './losses.ts';
export { fillMinHash, hashMin, type MinHashPlan } from './minhash.ts';
export { nearestSignatures } from './nearest-signatures.ts';
export { squaredNorms } from './norms.ts';
export { updateChosenRows, updateRow, updateRows } from './optimizer.ts';
export { sortPairs } from './pairs.ts';
export { hashPolytopes } from './polytope.ts';
export { probeCells, probePolytopes, probeSigns, type ScoredCode } from './probe.ts';
export { type PlainLayer, type PlainSample, trainSamples } from './samples.ts';
export {
  type BestList,
  type Int8Rows,
  type QuantizedQueries,
  quantizeQueries,
  quantizeRows,
  scanInt8,
  type ScannedVectors,
  scanRows,
} from './scan.ts';
export { scoreLists } from './score-lists.ts';
export { scorePlaces } from './score-places.ts';
export { type BlockQuery, type BlockSearch, type BlockSearchResult, searchBlocks } from './search-blocks.ts';
export { type SignaturePlan, signSets } from './sign-sets.ts';
export { packSigns } from './simhash.ts';
export { softmaxCrossEntropy, type SoftmaxResult } from './softmax.ts';
export { buildTables, largestCodes, type Tables } from './tables.ts';
export { hashTernary, hashTernarySparse, projectTernary } from './ternary.ts';
export { topK } from './top-k.ts';
export { dotRowsSparse, gatherRowsSparse, walkBackwardSparse, walkForwardSparse } from './walk-sparse.ts';
export { type Choices, gatherRows, walkBackward, walkForward } from './walk.ts';
export { hashWeighted, type WeightedPlan } from './weighted.ts';
export { hashWta, type WtaPlan } from './wta.ts';
