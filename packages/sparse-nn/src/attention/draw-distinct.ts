/** Different numbers drawn at random. */
import type { RandomStream } from '@hashgrad/kernels';

/** `count` different ones of 0 to among - 1, ascending, by as many draws (Floyd's algorithm; Bentley and Floyd, CACM 1987). */
export function drawDistinct(random: RandomStream, count: number, among: number): Int32Array {
  const drawn = new Set<number>();
  for (let last = among - count; last < among; last++) {
    const i = random.integer(last + 1);
    drawn.add(drawn.has(i) ? last : i);
  }
  return Int32Array.from(drawn).toSorted();
}
