/** Reference of vectors in blocks: what goes in, and how it is copied. */

/** A vector of a block. */
export interface BlockVector {
  /** `stride` floats. */
  readonly row: Float32Array;
  /** 1 or 0 for each bit of the signature: whether that projection of the vector is 0 or more. */
  readonly signature: Uint8Array;
  /** `stride` of them, which `scale` times is about the row. */
  readonly codes: Int8Array;
  readonly scale: number;
  readonly id: number;
  /** Of the row, or a little more. */
  readonly length: number;
}

/** One block: slot s has vectors[s], for s below their number. */
export interface PlainBlock {
  readonly vectors: BlockVector[];
  /** The greatest length of its vectors, or more. */
  readonly longest: number;
  /** The mean direction of its vectors, of length 1: as it is, */
  readonly centre: Float32Array;
  /** and rounded to these codes, times the scale. */
  readonly centreCodes: Int8Array;
  readonly centreScale: number;
  /** Mean cosine of its vectors with the centre. */
  readonly alignment: number;
  /** Standard deviation, over its vectors, of the rest of their cosines with any direction. */
  readonly spread: number;
}

/** Vectors in blocks; a place is a block's number times 256 and a slot. */
export interface PlainBlocks {
  /** By number. */
  readonly blocks: readonly PlainBlock[];
  /** The numbers of each band's blocks; bands of longer vectors first. */
  readonly bands: readonly (readonly number[])[];
  readonly stride: number;
  /** Words of 64 bits in a signature. */
  readonly words: number;
  /** Whether blocks keep rows besides their codes. */
  readonly rows: boolean;
}

/** The vector at a place. */
export function vectorAt({ blocks }: PlainBlocks, place: number): BlockVector {
  return blocks[Math.floor(place / 256)].vectors[place % 256];
}

/** Vectors on their way into a block: their rows, projections and codes one after the other. */
export interface PlainStaged {
  readonly rows: Float32Array;
  /** 64 * words floats a vector. */
  readonly projections: Float32Array;
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly ids: Uint32Array;
  readonly lengths: Float32Array;
}

/** Writes staged vectors begin to end to a block, the s-th to slot first + s. */
export function fillBlock(
  { blocks, stride, words }: PlainBlocks,
  number: number,
  first: number,
  staged: PlainStaged,
  begin: number,
  end: number,
): void {
  const bits = 64 * words;
  for (let s = begin; s < end; s++) {
    const projection = staged.projections.subarray(s * bits, (s + 1) * bits);
    blocks[number].vectors[first + s] = {
      row: staged.rows.slice(s * stride, (s + 1) * stride),
      signature: Uint8Array.from(projection, (x) => Number(x >= 0)),
      codes: staged.codes.slice(s * stride, (s + 1) * stride),
      scale: staged.scales[s],
      id: staged.ids[s],
      length: staged.lengths[s],
    };
  }
}

/** Copies the vectors at places from[i] to places to[i]. */
export function copyPlaces(blocks: PlainBlocks, to: ArrayLike<number>, from: ArrayLike<number>): void {
  for (let i = 0; i < to.length; i++) {
    blocks.blocks[Math.floor(to[i] / 256)].vectors[to[i] % 256] = vectorAt(blocks, from[i]);
  }
}
