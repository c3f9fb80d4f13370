/** What is measured beside dense steps on OpenBLAS, as a table. */
import { ratio, type Sample } from '../../lib/measure.ts';
import type { BenchRow, BenchTable } from '../../lib/result.ts';

/** How many times as fast as OpenBLAS each row is: `compare` as in a result, whether rows are speeds or times. */
export function besideOpenBlas(
  rows: readonly BenchRow[],
  blas: Sample,
  compare: 'ratio' | 'speed-up',
): BenchTable {
  return {
    title: 'Times as fast as dense steps on OpenBLAS',
    head: ['', 'median', 'quartiles'],
    rows: rows.map(({ name, sample }) => {
      const { median, low, high } = compare === 'ratio' ? ratio(sample, blas) : ratio(blas, sample);
      return [name, median.toFixed(2), `${low.toFixed(2)} – ${high.toFixed(2)}`];
    }),
  };
}
