// Made by scripts/build-wasm.ts from assembly/; do not edit.

/** Every export of the program. Addresses are byte offsets in the memory; nothing is checked. */
export interface KernelExports {
  firstFreeByte(): number;
  activateDense(y: number, stride: number, width: number, bias: number, activation: number, begin: number, end: number): void;
  columnSums(sums: number, x: number, stride: number, rows: number, begin: number, end: number): void;
  dropout(values: number, seed: number, step: number, limit: number, factor: number, begin: number, end: number): void;
  relu(values: number, begin: number, end: number): void;
  reluGradient(gradients: number, values: number, begin: number, end: number): void;
  sigmoid(values: number, begin: number, end: number): void;
  sigmoidGradient(gradients: number, values: number, keep: number, begin: number, end: number): void;
  sumPartials(out: number, partials: number, stride: number, count: number, begin: number, end: number): void;
  tanh(values: number, begin: number, end: number): void;
  tanhGradient(gradients: number, values: number, keep: number, begin: number, end: number): void;
  gatherColumns(out: number, rows: number, stride: number, xAt: number, begin: number, end: number): void;
  scatterRows(out: number, stride: number, width: number, xAt: number, begin: number, end: number): void;
  copyRows(out: number, outStride: number, from: number, stride: number, width: number, rows: number, begin: number, end: number): void;
  drawScratchBytes(units: number): number;
  drawUnits(ids: number, lengths: number, limit: number, units: number, seed: number, step: number, shared: number, begin: number, end: number, scratch: number): void;
  dwtaScratchBytes(coordinates: number, bins: number): number;
  dwtaSparseScratchBytes(bins: number): number;
  hashDwta(batchAt: number, members: number, probes: number, binBits: number, perCode: number, tables: number, buckets: number, begin: number, end: number, scratch: number): void;
  hashDwtaSparse(batchAt: number, starts: number, entries: number, probes: number, binBits: number, perCode: number, tables: number, buckets: number, begin: number, end: number, scratch: number): void;
  gemm(c: number, cStride: number, a: number, aRow: number, aColumn: number, b: number, bRow: number, bColumn: number, m: number, depth: number, accumulate: number, begin: number, end: number, scratch: number): void;
  gemmScratchBytes(): number;
  hadamardScratchBytes(log2: number, tables: number): number;
  hashHadamard(batchAt: number, signs: number, log2: number, bits: number, tables: number, begin: number, end: number, scratch: number): void;
  lookup(ids: number, lengths: number, collisions: number, candidates: number, codes: number, codeStride: number, starts: number, items: number, itemStride: number, tables: number, buckets: number, count: number, limit: number, ranked: number, forcedOffsets: number, forced: number, begin: number, end: number, scratch: number): void;
  lookupScratchBytes(count: number, tables: number): number;
  sortIds(ids: number, stride: number, lengths: number, count: number, begin: number, end: number, scratch: number): void;
  sigmoidCrossEntropy(gradients: number, losses: number, logits: number, offsets: number, ids: number, stride: number, width: number, labelOffsets: number, labels: number, corrections: number, scale: number, begin: number, end: number): void;
  squaredError(gradients: number, losses: number, outputs: number, offsets: number, ids: number, stride: number, width: number, targets: number, targetStride: number, scale: number, begin: number, end: number): void;
  squaredNorms(norms: number, x: number, stride: number, width: number, begin: number, end: number): void;
  updateRows(rowsAt: number, optimizerAt: number, gradients: number, gradientStride: number, biasGradients: number, begin: number, end: number): void;
  sortPairs(pairsAt: number, offsets: number, ids: number, batch: number, begin: number, end: number): void;
  packSigns(codes: number, codeStride: number, rows: number, projections: number, stride: number, bits: number, tables: number, begin: number, end: number): void;
  softmaxCrossEntropy(gradients: number, losses: number, logits: number, offsets: number, ids: number, stride: number, width: number, labelOffsets: number, labels: number, corrections: number, scale: number, begin: number, end: number): void;
  buildTables(starts: number, items: number, itemStride: number, codes: number, codeStride: number, count: number, buckets: number, begin: number, end: number): void;
  hashTernary(batchAt: number, starts: number, members: number, bits: number, tables: number, begin: number, end: number, scratch: number): void;
  hashTernarySparse(batchAt: number, starts: number, entries: number, bits: number, tables: number, begin: number, end: number, scratch: number): void;
  ternaryScratchBytes(coordinates: number): number;
  ternarySparseScratchBytes(planes: number): number;
  topK(ids: number, values: number, stride: number, width: number, k: number, begin: number, end: number, scratch: number): void;
  topKScratchBytes(): number;
  gatherRows(out: number, outStride: number, bias: number, weights: number, stride: number, width: number, offsets: number, ids: number, coefficients: number, begin: number, end: number): void;
  walkBackward(coefficients: number, rowsAt: number, pairsAt: number, optimizerAt: number, x: number, xStride: number, partials: number, batch: number, grain: number, begin: number, end: number, scratch: number): void;
  walkBackwardScratchBytes(batch: number, width: number): number;
  walkForward(out: number, rowsAt: number, pairsAt: number, x: number, xStride: number, begin: number, end: number): void;
  gatherRowsSparse(out: number, rowsAt: number, xAt: number, offsets: number, chosen: number, coefficients: number, begin: number, end: number): void;
  walkBackwardSparse(coefficients: number, rowsAt: number, pairsAt: number, optimizerAt: number, xAt: number, begin: number, end: number, scratch: number): void;
  walkForwardSparse(out: number, rowsAt: number, pairsAt: number, xAt: number, begin: number, end: number): void;
}

/** Kernels that work on a range of items, with their arguments but for the range and the scratch after it. */
export interface KernelArguments {
  activateDense: [y: number, stride: number, width: number, bias: number, activation: number];
  columnSums: [sums: number, x: number, stride: number, rows: number];
  dropout: [values: number, seed: number, step: number, limit: number, factor: number];
  relu: [values: number];
  reluGradient: [gradients: number, values: number];
  sigmoid: [values: number];
  sigmoidGradient: [gradients: number, values: number, keep: number];
  sumPartials: [out: number, partials: number, stride: number, count: number];
  tanh: [values: number];
  tanhGradient: [gradients: number, values: number, keep: number];
  gatherColumns: [out: number, rows: number, stride: number, xAt: number];
  scatterRows: [out: number, stride: number, width: number, xAt: number];
  copyRows: [out: number, outStride: number, from: number, stride: number, width: number, rows: number];
  drawUnits: [ids: number, lengths: number, limit: number, units: number, seed: number, step: number, shared: number];
  hashDwta: [batchAt: number, members: number, probes: number, binBits: number, perCode: number, tables: number, buckets: number];
  hashDwtaSparse: [batchAt: number, starts: number, entries: number, probes: number, binBits: number, perCode: number, tables: number, buckets: number];
  gemm: [c: number, cStride: number, a: number, aRow: number, aColumn: number, b: number, bRow: number, bColumn: number, m: number, depth: number, accumulate: number];
  hashHadamard: [batchAt: number, signs: number, log2: number, bits: number, tables: number];
  lookup: [ids: number, lengths: number, collisions: number, candidates: number, codes: number, codeStride: number, starts: number, items: number, itemStride: number, tables: number, buckets: number, count: number, limit: number, ranked: number, forcedOffsets: number, forced: number];
  sortIds: [ids: number, stride: number, lengths: number, count: number];
  sigmoidCrossEntropy: [gradients: number, losses: number, logits: number, offsets: number, ids: number, stride: number, width: number, labelOffsets: number, labels: number, corrections: number, scale: number];
  squaredError: [gradients: number, losses: number, outputs: number, offsets: number, ids: number, stride: number, width: number, targets: number, targetStride: number, scale: number];
  squaredNorms: [norms: number, x: number, stride: number, width: number];
  updateRows: [rowsAt: number, optimizerAt: number, gradients: number, gradientStride: number, biasGradients: number];
  sortPairs: [pairsAt: number, offsets: number, ids: number, batch: number];
  packSigns: [codes: number, codeStride: number, rows: number, projections: number, stride: number, bits: number, tables: number];
  softmaxCrossEntropy: [gradients: number, losses: number, logits: number, offsets: number, ids: number, stride: number, width: number, labelOffsets: number, labels: number, corrections: number, scale: number];
  buildTables: [starts: number, items: number, itemStride: number, codes: number, codeStride: number, count: number, buckets: number];
  hashTernary: [batchAt: number, starts: number, members: number, bits: number, tables: number];
  hashTernarySparse: [batchAt: number, starts: number, entries: number, bits: number, tables: number];
  topK: [ids: number, values: number, stride: number, width: number, k: number];
  gatherRows: [out: number, outStride: number, bias: number, weights: number, stride: number, width: number, offsets: number, ids: number, coefficients: number];
  walkBackward: [coefficients: number, rowsAt: number, pairsAt: number, optimizerAt: number, x: number, xStride: number, partials: number, batch: number, grain: number];
  walkForward: [out: number, rowsAt: number, pairsAt: number, x: number, xStride: number];
  gatherRowsSparse: [out: number, rowsAt: number, xAt: number, offsets: number, chosen: number, coefficients: number];
  walkBackwardSparse: [coefficients: number, rowsAt: number, pairsAt: number, optimizerAt: number, xAt: number];
  walkForwardSparse: [out: number, rowsAt: number, pairsAt: number, xAt: number];
}
