import type { DenseDataset, SparseDataset } from '../types.ts';

/** Rows by a hash of their values, to find the same row again. Two different rows have one hash once in 2^53. */
export class RowHashes {
  readonly #hashes: Float64Array;

  constructor(part: DenseDataset | SparseDataset) {
    this.#hashes = hashesOf(part);
  }

  /** How many rows came before. */
  twice(): number {
    return this.#hashes.length - new Set(this.#hashes).size;
  }

  /** How many rows of another part are among these. */
  common(other: DenseDataset | SparseDataset): number {
    const own = new Set(this.#hashes);
    return hashesOf(other).reduce((sum, hash) => sum + Number(own.has(hash)), 0);
  }
}

/** Two 32-bit hashes of the bits of values and their columns, zeros left out, as one number of 53 bits. */
function hashesOf(part: DenseDataset | SparseDataset): Float64Array {
  const values = 'inputs' in part ? part.inputs : part.values;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const { rows, columns } = part;
  return Float64Array.from({ length: rows }, (_, row) => {
    const dense = 'inputs' in part;
    const from = dense ? row * columns : part.offsets[row]!;
    const to = dense ? from + columns : part.offsets[row + 1]!;
    let [a, b] = [0x811c9dc5, 0x9e3779b9];
    for (let j = from; j < to; j++) {
      if (values[j] === 0) continue;
      const column = dense ? j - from : part.ids[j]!;
      a = mix(a ^ column, bits[j]!);
      b = mix(b + bits[j]!, column);
    }
    return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1f_ffff);
  });
}

function mix(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x85ebca6b);
  return Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ (h >>> 16);
}
