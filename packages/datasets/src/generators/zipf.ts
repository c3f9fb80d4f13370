import type { RandomSource } from '../random.ts';

/**
 * Ranks 0 to `count - 1` drawn with probability proportional to (rank + 5) ** -exponent: Zipf's law, its head flattened as
 * in natural frequency counts (Mandelbrot's shift).
 */
export function zipf(source: RandomSource, count: number, exponent: number): () => number {
  const SHIFT = 5;
  const cumulative = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank++) cumulative[rank] = total += (rank + SHIFT) ** -exponent;
  return () => {
    const point = source() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! < point) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
