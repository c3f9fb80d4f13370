/** Reference of the products of samples with the lists of rows that they ask for, in 8-bit integers. */
import type { Choices } from '../rows/gather-rows.ts';

/** A vector in integers, which are to be multiplied by its scale. */
export interface PlainMember {
  readonly codes: readonly number[];
  readonly scale: number;
}

/** Rows in integers from -127 to 127. */
export function quantizeMembers(rows: readonly Float32Array[]): PlainMember[] {
  return rows.map((row) => quantize(row, 127));
}

/** Samples in integers from -63 to 63. */
export function quantizeSamples(samples: readonly Float32Array[]): PlainMember[] {
  return samples.map((sample) => quantize(sample, 63));
}

function quantize(row: Float32Array, most: number): PlainMember {
  const largest = row.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const scale = Math.fround(largest / most);
  const inverse = scale > 1e-37 ? Math.fround(1 / scale) : 0;
  return { codes: Array.from(row, (value) => toEven(Math.fround(value * inverse))), scale };
}

/** The nearest integer, the even one of two. */
function toEven(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/**
 * The product of each sample with each member of each list that it asks for, with the member's bias: for each pair of a sample
 * and a list, in their order, the scores of the list's members.
 */
export function scoreMembers(
  members: readonly PlainMember[],
  biases: ArrayLike<number>,
  lists: readonly ArrayLike<number>[],
  asked: Pick<Choices, 'offsets' | 'ids'>,
  samples: readonly PlainMember[],
): Float32Array[] {
  return samples.flatMap((sample, s) =>
    Array.from({ length: asked.offsets[s + 1] - asked.offsets[s] }, (_, i) =>
      Float32Array.from(lists[asked.ids[asked.offsets[s] + i]], (place) => {
        const { codes, scale } = members[place];
        const whole = Math.fround(codes.reduce((sum, code, k) => sum + code * sample.codes[k], 0));
        return Math.fround(whole * Math.fround(scale * sample.scale)) + biases[place];
      }),
    ),
  );
}
