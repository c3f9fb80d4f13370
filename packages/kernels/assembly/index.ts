export {
  activateDense, columnSums, dropout, relu, reluGradient, sigmoid, sigmoidGradient, sumPartials, tanh, tanhGradient,
} from './activation';
export { bestOfRows, bestOfRowsScratchBytes } from './best-of-rows';
export { blockBytes, copyPlaces, fillBlock } from './blocks';
export { packCells } from './cells';
export { gatherColumns, scatterRows } from './convert';
export { copyRows } from './copy-rows';
export { directionScratchBytes, pairPlaces, projectPlaces, routePlaces, sumDirections } from './directions';
export { dophScratchBytes, fillDoph, hashDoph } from './doph';
export { distanceRows } from './distance-rows';
export { dotRows } from './dot-rows';
export { drawKeyed, drawScratchBytes, drawUnits } from './draw';
export { drawWeighted } from './draw-weighted';
export { dwtaScratchBytes, dwtaSparseScratchBytes, hashDwta, hashDwtaSparse } from './dwta';
export { editSlots, editTables } from './edit-tables';
export { fireScratchBytes, fireUnits } from './fire';
export { feedBuckets } from './fixed-tables';
export { gemm, gemmScratchBytes } from './gemm';
export { hadamardScratchBytes, hashHadamard, projectHadamard, projectHadamardScratchBytes } from './hadamard';
export { dotRowsInt8, gatherRowsInt8, multiplyInt8, multiplyInt8ScratchBytes } from './int8';
export { lookup, lookupScratchBytes, sortIds } from './lookup';
export { sigmoidCrossEntropy, squaredError } from './losses';
export { fillMinHash, hashMin, minHashScratchBytes } from './minhash';
export { nearestSignatures, nearestSignaturesScratchBytes } from './nearest-signatures';
export { squaredNorms } from './norms';
export { updateChosenRows, updateRows } from './optimizer';
export { countPairs, packRows, placePairs, sortPairs, sortPairsScratchBytes, spreadPairs } from './pairs';
export { hashPolytopes, polytopeScratchBytes } from './polytope';
export { probeCells, probePolytopes, probeScratchBytes, probeSigns } from './probe';
export { trainSamples, trainSamplesScratchBytes } from './samples';
export { scanRows, scanScratchBytes } from './scan';
export { int8ScratchBytes, quantizeQueries, quantizeRows, scanInt8 } from './scan-int8';
export { scoreLists } from './score-lists';
export { scorePlaces } from './score-places';
export { searchBlocks, searchBlocksScratchBytes } from './search-blocks';
export { signSets } from './sign-sets';
export { packSigns, packSignsScratchBytes } from './simhash';
export { softmaxCrossEntropy } from './softmax';
export { buildTables, largestCodes } from './tables';
export {
  hashTernary, hashTernarySparse, projectTernary, projectTernaryScratchBytes, ternaryScratchBytes, ternarySparseScratchBytes,
} from './ternary';
export { topK, topKScratchBytes } from './top-k';
export { gatherRows, walkBackward, walkBackwardScratchBytes, walkForward } from './walk';
export { dotRowsSparse, gatherRowsSparse, walkBackwardSparse, walkForwardSparse } from './walk-sparse';
export { hashWeighted, weightedScratchBytes } from './weighted';
export { hashWta, wtaScratchBytes } from './wta';

/** Where the program's own constants end: what lies below belongs to no arena. */
export function firstFreeByte(): usize {
  return __heap_base;
}
