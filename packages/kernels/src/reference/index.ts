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
export { gatherColumns, scatterRows } from './convert.ts';
export { copyRows } from './copy-rows.ts';
export { dotRows, dotRowsInt8, gatherRowsInt8, multiplyInt8, type PlainRows } from './dot-rows.ts';
export { drawKeyed, drawUnits } from './draw.ts';
export { drawWeighted, type AliasTable } from './draw-weighted.ts';
export { hashDwta, hashDwtaSparse, type DwtaPlan } from './dwta.ts';
export { bucketsOf, editTables, NONE } from './edit-tables.ts';
export { fireUnits } from './fire.ts';
export { fillBuckets, type FixedBucket } from './fixed-tables.ts';
export { gemm, rowMajor, transpose, type StridedMatrix } from './gemm.ts';
export { hashHadamard } from './hadamard.ts';
export { lookup, sortIds, type LookupOptions, type LookupResult } from './lookup.ts';
export { sigmoidCrossEntropy, squaredError, type LossResult } from './losses.ts';
export { squaredNorms } from './norms.ts';
export { updateRow, updateRows } from './optimizer.ts';
export { sortPairs } from './pairs.ts';
export { packSigns } from './simhash.ts';
export { softmaxCrossEntropy, type SoftmaxResult } from './softmax.ts';
export { buildTables, largestCodes, type Tables } from './tables.ts';
export { hashTernary, hashTernarySparse } from './ternary.ts';
export { topK } from './top-k.ts';
export { gatherRows, walkBackward, walkForward, type Choices } from './walk.ts';
export { gatherRowsSparse, walkBackwardSparse, walkForwardSparse } from './walk-sparse.ts';
