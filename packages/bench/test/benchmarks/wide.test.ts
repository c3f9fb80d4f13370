import { expect, test } from 'vitest';
import { benchTable, type Figure, figureValue } from '../../src/benchmarks/lib/result.ts';
import { OUTPUT_LSH } from '../../src/arms/outputs.ts';
import { WIDE, wideLsh } from '../../src/benchmarks/wide/task.ts';
import { secondsTo } from '../../src/benchmarks/wide/accuracy.ts';
import { runWide } from '../../src/benchmarks/wide.ts';
import { fakeBlas, NO_BLAS, NO_VISITS } from './fake-blas.ts';
import { expectFigures, TINY, valuesOf } from './tiny.ts';

function bitsFor(labels: number): unknown {
  return wideLsh({ ...WIDE, labels }).family['bits'];
}

test('bits grow with the labels', () => {
  const own = OUTPUT_LSH.family['bits'] as number;
  expect(wideLsh(WIDE)).toEqual(OUTPUT_LSH);
  expect([25_000, 100_000, 200_000, 1_600_000].map(bitsFor)).toEqual([own - 2, own, own + 1, own + 4]);
  expect(bitsFor(1)).toBe(1);
});

/** Bytes of the arrays that the bandwidth is measured with. */
const BYTES = 2 ** 16;
const TIMES = ['step_ms_1t', 'step_ms_2t', 'full_softmax_step_ms_2t', 'active', 'bandwidth_share'];

test('wide with --steps times, and learns nothing', { timeout: 60_000 }, async () => {
  const result = await runWide(TINY, { steps: 1, seeds: [] }, BYTES, NO_BLAS, NO_VISITS);
  expectFigures(result, TIMES);
  expect(valuesOf(result)['active']).toBeCloseTo(TINY.active, 6);
  const table = benchTable(result);
  for (const arm of ['lsh', 'lsh, no padding', 'uniform', 'uniform, no logQ']) {
    expect(table).toContain(` ${arm}, one thread `);
    expect(table).toContain(` ${arm}, two threads `);
  }
  // All outputs are active in the full softmax, and all rows visited: what is derived from the counts is exact.
  expect(table).toMatch(/full softmax, two threads .* 100 │ +0 │ +100 │/);
  expect(table).not.toContain('P@1');
  expect(table).toContain(NO_BLAS);
  expect(table).toContain(NO_VISITS);
});

test(
  'wide takes turns with OpenBLAS, and with the least that a step must do',
  { timeout: 60_000 },
  async () => {
    const { program, calls } = fakeBlas();
    const visits: string[] = [];
    const run = (args: readonly (string | number)[]): Buffer => {
      visits.push(args.join(' '));
      return Buffer.from('3 4 5 \n');
    };
    const forms = [128, 512].map((bits) => ({ bits, name: `${bits} bits`, program: { run } }));
    const result = await runWide(TINY, { steps: 1, seeds: [] }, BYTES, program, forms);
    const ratios = ['ratio_to_openblas', 'uniform_ratio_to_openblas'];
    const least = ['least_128_bits_ms_2t', 'least_512_bits_ms_2t'];
    expectFigures(result, [...TIMES, 'openblas_step_ms_2t', ...ratios, ...least]);
    const figures = valuesOf(result);
    expect(figures['openblas_step_ms_2t']).toBe(2);
    expect(figures['ratio_to_openblas']).toBeCloseTo(2 / figures['step_ms_2t']!, 6);
    expect(new Set(calls)).toEqual(new Set(['train 300,8,100 16 2 0.001 1 3']));
    expect(result.rows.at(-1)?.name).toBe('OpenBLAS, two threads');
    expect(figures['least_512_bits_ms_2t']).toBe(4);
    // One tile of 16 samples has drawn 40 labels of 100.
    expect(new Set(visits)).toEqual(new Set([expect.stringMatching(/^300 \d+ \d+ 100 40 16 2 3 10$/)]));
  },
);

test('seconds to a precision lie between the evaluations around it', () => {
  const learned = [
    { epoch: 0.5, precision: 0.2, seconds: 10 },
    { epoch: 1, precision: 0.4, seconds: 20 },
    { epoch: 1.5, precision: 0.3, seconds: 30 },
  ];
  expect(secondsTo(0.3, learned)).toBeCloseTo(15, 10);
  expect(secondsTo(0.1, learned)).toBeCloseTo(5, 10);
  expect(secondsTo(0.4, learned)).toBeCloseTo(20, 10);
  expect(secondsTo(0.41, learned)).toBeUndefined();
});

test('wide alone also learns, with as many seeds as are given', { timeout: 60_000 }, async () => {
  const result = await runWide(TINY, { seeds: [1, 2] }, BYTES, NO_BLAS, NO_VISITS);
  const table = result.tables?.at(-1);
  expect(table?.rows).toHaveLength(5);
  for (const [, seeds, first, second] of table?.rows ?? []) {
    expect(seeds).toBe('2');
    for (const precision of [first, second]) expect(precision).toMatch(/^0\.\d{3} ± 0\.\d{3}$/);
  }
  const { p_at_1_epoch_2: learned, full_softmax_p_at_1_epoch_2: full, ...times } = result.figures;
  expectFigures({ ...result, figures: times }, TIMES);
  // They are the means that the table has of these arms.
  const means = table?.rows.map((row) => Number(row[3]?.split(' ')[0]));
  expect(means?.at(0)).toBeCloseTo(figureValue(learned as Figure), 3);
  expect(means?.at(-1)).toBeCloseTo(figureValue(full as Figure), 3);
});
