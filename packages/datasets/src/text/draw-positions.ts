import { randomIndex, type RandomSource } from '../random.ts';

/** `count` different positions of `length` in random order: the beginning of a permutation (Fisher and Yates). */
export function drawPositions(source: RandomSource, length: number, count: number): Int32Array {
  const order = new Int32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  for (let i = 0; i < count; i++) {
    const j = i + randomIndex(source, length - i);
    const drawn = order[j]!;
    order[j] = order[i]!;
    order[i] = drawn;
  }
  return order.slice(0, count);
}
