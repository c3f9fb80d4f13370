export {
  activateDense, columnSums, dropout, relu, reluGradient, sigmoid, sigmoidGradient, sumPartials, tanh, tanhGradient,
} from './dense/activation';
export { bestOfRows, bestOfRowsScratchBytes } from './search/best-of-rows';
export { blockBytes, copyPlaces, fillBlock } from './search/blocks';
export { packCells } from './hash/cells';
export { gatherColumns, scatterRows } from './rows/convert';
export { copyRows } from './rows/copy-rows';
export {
  directionScratchBytes, nearestToCentres, pairPlaces, projectPlaces, routePlaces, routeScratchBytes, sumDirections,
} from './search/directions';
export { dophScratchBytes, fillDoph, hashDoph } from './hash/doph';
export { distanceRows } from './rows/distance-rows';
export { dotRows } from './rows/dot-rows';
export { drawKeyed, drawScratchBytes, drawUnits } from './draws/draw';
export { drawSharedScratchBytes } from './draws/draw-shared';
export { drawNormals, drawPoints } from './draws/normals';
export { drawWeighted } from './draws/draw-weighted';
export { dwtaScratchBytes, dwtaSparseScratchBytes, hashDwta, hashDwtaSparse } from './hash/dwta';
export { bitmapBytes, buildBitmaps, countBitmaps, countBitmapsScratchBytes } from './tables/bitmaps';
export { editSlots, editTables } from './tables/edit-tables';
export { fireScratchBytes, fireUnits } from './draws/fire';
export { feedBuckets } from './tables/fixed-tables';
export { gemm, gemmScratchBytes } from './dense/gemm';
export { hadamardScratchBytes, hashHadamard, projectHadamard, projectHadamardScratchBytes } from './hash/hadamard';
export { dotRowsInt8, gatherRowsInt8, multiplyInt8, multiplyInt8ScratchBytes } from './rows/int8';
export { lookup, lookupScratchBytes, sortIds } from './tables/lookup';
export { sigmoidCrossEntropy } from './loss/sigmoid';
export { squaredError } from './loss/squared-error';
export { fillMinHash, hashMin, minHashScratchBytes } from './hash/minhash';
export { multiplySparse, multiplySparseScratchBytes } from './rows/multiply-sparse';
export { nearestSignatures, nearestSignaturesScratchBytes } from './search/nearest-signatures';
export { squaredNorms } from './rows/norms';
export { updateChosenRows, updateRows } from './optimizer/update-row';
export {
  countPairs, listRows, packRows, placePairs, sortPairs, sortPairsScratchBytes, spreadPairs, unpackPairs,
} from './rows/pairs';
export { hashPolytopes, polytopeScratchBytes } from './hash/polytope';
export { probeCells, probePolytopes, probeScratchBytes, probeSigns } from './hash/probe';
export { trainSamples, trainSamplesScratchBytes } from './training/samples';
export { scanRows, scanScratchBytes } from './search/scan';
export { int8ScratchBytes, quantizeQueries, quantizeRows, scanInt8 } from './search/scan-int8';
export { scoreLists } from './search/score-lists';
export { quantizeMembers, quantizeSamples, scoreMembers } from './search/score-members';
export { scorePlaces } from './search/score-places';
export { searchBlocks, searchBlocksScratchBytes } from './search/search-blocks';
export { signSets } from './hash/sign-sets';
export { packSigns, packSignsScratchBytes } from './hash/simhash';
export { softmaxCrossEntropy } from './loss/softmax';
export { buildTables, countEntries, largestCode } from './tables/tables';
export {
  hashTernary, hashTernarySparse, projectTernary, projectTernaryScratchBytes, ternaryScratchBytes, ternarySparseScratchBytes,
} from './hash/ternary';
export { topK, topKScratchBytes } from './search/top-k';
export { transposeRows } from './rows/transpose-rows';
export { gatherInParts, gatherParts } from './rows/gather-parts';
export { gatherRows, gatherRowsSparse } from './rows/gather-rows';
export {
  walkBackward, walkBackwardScratchBytes, walkBackwardSparse, walkBackwardSparseScratchBytes,
} from './rows/walk-backward';
export { walkForwardScratchBytes } from './rows/multiply-block';
export { commonEnds, expandPairs, orderPairs } from './rows/order-pairs';
export { dotRowsSparse, walkForward, walkForwardSparse } from './rows/walk-forward';
export { hashWeighted, weightedScratchBytes } from './hash/weighted';
export { hashWta, wtaScratchBytes } from './hash/wta';

/** Where the program's own constants end: what lies below belongs to no arena. */
export function firstFreeByte(): usize {
  return __heap_base;
}
