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
} from './dense/activation.ts';
export type { AnyRows } from './optimizer/adam.ts';
export { bestOfRows } from './search/best-of-rows.ts';
export { fromBfloat16, toBfloat16 } from './optimizer/bfloat16.ts';
export {
  type BlockVector,
  copyPlaces,
  fillBlock,
  type PlainBlock,
  type PlainBlocks,
  type PlainStaged,
  vectorAt,
} from './search/blocks.ts';
export { packCells } from './hash/cells.ts';
export { gatherColumns, scatterRows } from './rows/convert.ts';
export { copyRows } from './rows/copy-rows.ts';
export { transposeRows } from './rows/transpose-rows.ts';
export {
  NEAREST_GROUPS,
  nearestToCentres,
  pairPlaces,
  type PlainGroup,
  projectPlaces,
  routePlaces,
  sumDirections,
} from './search/directions.ts';
export { type DophPlan, fillDoph, hashDoph } from './hash/doph.ts';
export { distanceRows } from './rows/distance-rows.ts';
export {
  dotRows,
  dotRowsInt8,
  gatherRowsInt8,
  multiplyInt8,
  multiplySparse,
  type PlainRows,
} from './rows/dot-rows.ts';
export { type AliasTable, drawWeighted } from './draws/draw-weighted.ts';
export { commonLast, drawKeyed, drawUnits } from './draws/draw.ts';
export { drawNormals } from './draws/normals.ts';
export { type DwtaPlan, hashDwta, hashDwtaSparse } from './hash/dwta.ts';
export { buildBitmaps, countBitmaps } from './tables/bitmaps.ts';
export { bucketsOf, editTables, NONE } from './tables/edit-tables.ts';
export { fireUnits } from './draws/fire.ts';
export { feedBuckets, type FixedBucket } from './tables/fixed-tables.ts';
export { gemm, rowMajor, type StridedMatrix, transpose } from './dense/gemm.ts';
export { hashHadamard, projectHadamard } from './hash/hadamard.ts';
export { lookup, type LookupOptions, type LookupResult, sortIds } from './tables/lookup.ts';
export { sigmoidCrossEntropy } from './loss/sigmoid.ts';
export { squaredError } from './loss/squared-error.ts';
export { type LossResult, type SampleWeighting, UNWEIGHTED } from './loss/weighting.ts';
export { fillMinHash, hashMin, type MinHashPlan } from './hash/minhash.ts';
export { nearestSignatures } from './search/nearest-signatures.ts';
export { squaredNorms } from './rows/norms.ts';
export { updateChosenRows, updateRow, updateRows } from './optimizer/update-row.ts';
export { commonEnds, orderPairs, sortPairs } from './rows/pairs.ts';
export { hashPolytopes } from './hash/polytope.ts';
export { probeCells, probePolytopes, probeSigns, type ScoredCode } from './hash/probe.ts';
export { type PlainLayer, type PlainSample, trainSamples } from './training/samples.ts';
export {
  type BestList,
  type Int8Rows,
  type QuantizedQueries,
  quantizeQueries,
  quantizeRows,
  scanInt8,
  type ScannedVectors,
  scanRows,
} from './search/scan.ts';
export { scoreLists } from './search/score-lists.ts';
export { type PlainMember, quantizeMembers, quantizeSamples, scoreMembers } from './search/score-members.ts';
export { scorePlaces } from './search/score-places.ts';
export {
  type BlockQuery,
  type BlockSearch,
  type BlockSearchResult,
  searchBlocks,
} from './search/search-blocks.ts';
export { type SignaturePlan, signSets } from './hash/sign-sets.ts';
export { packSigns } from './hash/simhash.ts';
export { softmaxCrossEntropy, type SoftmaxResult } from './loss/softmax.ts';
export { buildTables, countEntries, largestCode, type Tables } from './tables/tables.ts';
export { hashTernary, hashTernarySparse, projectTernary } from './hash/ternary.ts';
export { topK } from './search/top-k.ts';
export { gatherInParts, gatherParts, type Parts } from './rows/gather-parts.ts';
export { type Choices, gatherRows, gatherRowsSparse } from './rows/gather-rows.ts';
export { walkBackward, walkBackwardSparse } from './rows/walk-backward.ts';
export { dotRowsSparse, walkForward, walkForwardSparse } from './rows/walk-forward.ts';
export { hashWeighted, type WeightedPlan } from './hash/weighted.ts';
export { hashWta, type WtaPlan } from './hash/wta.ts';
