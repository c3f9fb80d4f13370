// What hashes of sets share: codes made of labels of a few bits, one for each hash function.

import { HashBatch, rowOf } from './hash-batch';

/** Vectors whose codes are written together: those of a table share a cache line. */
const GROUP: i32 = 16;

/** Bytes from one vector's codes in the buffer to the next one's. */
// @ts-ignore: decorator
@inline
function codesBytes(tables: i32): usize {
  return <usize>((tables + 3) >> 2) << 4;
}

/** Bytes of the buffer in which codes wait. */
// @ts-ignore: decorator
@inline
export function labelScratchBytes(tables: i32): usize {
  return codesBytes(tables) * GROUP;
}

/**
 * Packs the labels of vector s of begin..end into its codes: table t's are labels[j * tables + t], the first in the highest
 * bits. Up to three labels more are read. `buffer` holds codes until they are written, which is done for whole groups.
 */
export function packLabels(
  batch: HashBatch, s: i32, begin: i32, end: i32, labels: usize, bits: i32, perCode: i32, tables: i32, buffer: usize,
): void {
  const step = <usize>tables << 2;
  const bytes = codesBytes(tables);
  const held = (s - begin) % GROUP;
  const to = buffer + bytes * held;
  for (let i: usize = 0; i < bytes; i += 16) {
    let code = v128.load(labels + i);
    let from = labels + i + step;
    for (let j = 1; j < perCode; j++) {
      code = v128.or(i32x4.shl(code, bits), v128.load(from));
      from += step;
    }
    v128.store(to + i, code);
  }
  if (held == GROUP - 1 || s == end - 1) storeCodes(batch, s - held, held + 1, buffer, tables);
}

/** Writes the codes of vectors s to s + count. */
function storeCodes(batch: HashBatch, s: i32, count: i32, buffer: usize, tables: i32): void {
  const bytes = codesBytes(tables);
  let table = batch.codes;
  for (let t = 0; t < tables; t++) {
    let from = buffer + (<usize>t << 2);
    for (let i = 0; i < count; i++) {
      store<u32>(table + (<usize>rowOf(batch, s + i) << 2), load<u32>(from));
      from += bytes;
    }
    table += <usize>batch.codeStride << 2;
  }
}
