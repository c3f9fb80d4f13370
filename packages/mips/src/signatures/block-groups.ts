/**
 * Groups of the blocks of large bands, by direction: the block of a vector that comes is looked for in the nearest groups
 * only, so that adding takes time by the square root of the number of blocks. Blocks that one is parted into stay in its
 * group, and all of a band are grouped anew when half of them have been made since.
 */
import { nearestToCentres } from '@hashgrad/kernels';
import { Scratch } from '@hashgrad/lsh/vectors';
import type { BlockMemory } from './block-memory.ts';
import type { Grouping } from './block-order.ts';

/**
 * Of fewer blocks than `from` a band has no groups: reading them all takes little, and groups of blocks that have little in
 * common would lead vectors to others than the nearest. Tests have fewer vectors, and set it lower.
 */
export const GROUPING: { from: number } = { from: 512 };
/** A band of n blocks has about so many times the square root of n groups: with some of them read, about the least work. */
const GROUPS = 2;
/** How often centres become the means of what is nearest to them. */
const ROUNDS = 2;

/** Groups the blocks of a band. @throws {RangeError} if there is no room. */
export function groupBlocks(memory: BlockMemory, numbers: readonly number[]): Grouping {
  const { team, stride, blocks } = memory;
  const count = numbers.length;
  const groups = Math.min(count, Math.ceil(GROUPS * Math.sqrt(count)));
  using scratch = new Scratch(team.arena);
  const list = scratch.int32(count);
  list.set(numbers);
  const nearest = scratch.int32(count);
  const rows = scratch.float32(groups * stride);
  // Blocks that were made one after the other are near to each other: equal steps reach all directions.
  for (let g = 0; g < groups; g++) {
    rows.set(memory.centre(numbers[Math.floor((g * count) / groups)] as number), g * stride);
  }
  const find = (): void =>
    nearestToCentres(team, { blocks, numbers: list, rows, rowCount: groups, nearest }, count);
  find();
  for (let round = 0; round < ROUNDS; round++) {
    means(memory, numbers, nearest, rows);
    find();
  }
  const of = new Map(numbers.map((number, i) => [number, nearest[i] as number]));
  return { count: groups, centres: rows.slice(), of, due: Math.ceil(count / 2) };
}

/** Makes each row the mean direction of the blocks that it is nearest to; one without blocks stays. */
function means(
  memory: BlockMemory,
  numbers: readonly number[],
  nearest: Int32Array,
  rows: Float32Array,
): void {
  const { stride } = memory;
  const sums = new Float64Array(rows.length);
  for (const [i, number] of numbers.entries()) {
    const centre = memory.centre(number);
    const at = (nearest[i] as number) * stride;
    for (let k = 0; k < stride; k++) sums[at + k]! += centre[k] as number;
  }
  for (let at = 0; at < rows.length; at += stride) {
    let squares = 0;
    for (let k = at; k < at + stride; k++) squares += (sums[k] as number) ** 2;
    if (squares === 0) continue;
    const scale = 1 / Math.sqrt(squares);
    for (let k = at; k < at + stride; k++) rows[k] = (sums[k] as number) * scale;
  }
}
