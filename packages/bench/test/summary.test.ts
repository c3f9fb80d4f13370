import { describe, expect, test } from 'vitest';
import { PARTS } from '@hashgrad/sparse-nn';
import { summarize } from '../src/summary.ts';
import { columnGroups, COLUMNS, summaryTable } from '../src/table.ts';
import { record, study } from './synthetic.ts';

const half = {
  arm: 'lsh',
  fraction: 0.05,
  multiplyAdds: { hashing: 8, choose: 8, forward: 16, backward: 24, optimizer: 4, rehash: 4 },
} as const;

describe('summarize', () => {
  test('means, sample deviations and shares of dense, worked out by hand', () => {
    const rows = summarize([
      record({ seed: 1, seconds: 4 }),
      record({ ...half, seed: 1, seconds: 1, activeShare: 0.04, accuracy: { full: 0.9, sparse: 0.8 } }),
      record({ seed: 2, seconds: 8 }),
      record({ ...half, seed: 2, seconds: 4, activeShare: 0.06, accuracy: { full: 0.92, sparse: 0.82 } }),
      record({ seed: 3, seconds: 5 }),
      record({ ...half, seed: 3, seconds: 2, activeShare: 0.05, accuracy: { full: 0.97, sparse: 0.84 } }),
    ]);
    expect(rows.map(({ arm, fraction, runs }) => [arm, fraction, runs])).toEqual([
      ['dense', 1, 3],
      ['lsh', 0.05, 3],
    ]);
    const [dense, lsh] = rows as [(typeof rows)[0], (typeof rows)[0]];
    expect(lsh.accuracy.full.mean).toBeCloseTo(0.93, 12);
    // Deviations -0.03, -0.01, 0.04; squares sum to 0.0026, halved 0.0013.
    expect(lsh.accuracy.full.deviation).toBeCloseTo(Math.sqrt(0.0013), 12);
    expect(lsh.accuracy.sparse.deviation).toBeCloseTo(0.02, 12);
    expect(lsh.activeShare).toBeCloseTo(0.05, 12);
    const shares = {
      hashing: 0.025,
      choose: 0.025,
      forward: 0.05,
      backward: 0.075,
      optimizer: 0.0125,
      rehash: 0.0125,
    };
    for (const part of PARTS) expect(lsh.multiplyAdds[part]).toBeCloseTo(shares[part], 12);
    expect(lsh.multiplyAddsTotal).toBeCloseTo(0.2, 12);
    expect(dense.multiplyAddsTotal).toBe(1);
    // Two epochs a run: 0.5, 2 and 1 seconds an epoch.
    expect(lsh.secondsPerEpoch).toEqual({ median: 1, low: 0.5, high: 2 });
    // Against the dense run of the same seed: 1/4, 4/8, 2/5; the ratio of the medians would be 2/5 too, of sums 7/17.
    expect(lsh.secondsRelative).toEqual({ median: 0.4, low: 0.25, high: 0.5 });
    expect(dense.secondsRelative).toEqual({ median: 1, low: 1, high: 1 });
    expect(dense.partSeconds.backward).toBe(1.25);
    expect(dense.curve.map(({ epoch, full }) => [epoch, full.mean])).toEqual([
      [1, 0.85],
      [2, 0.9],
    ]);
  });

  test('one seed has no deviation, and without a dense run nothing is relative to it', () => {
    const [row] = summarize([record({ ...half, accuracy: { full: 0.9, sparse: 0.8 } })]);
    expect(row?.accuracy.full).toEqual({ mean: 0.9, deviation: null });
    expect(row?.secondsRelative).toBeNull();
    expect(summaryTable([row as NonNullable<typeof row>])).toContain(' 90.0 ');
  });

  test('refuses to mix studies', () => {
    expect(() => summarize([record(), record({ dataset: 'other' })])).toThrow(
      'The records mix two studies, which cannot be compared: toy,',
    );
    expect(() => summarize([])).toThrow('no records');
  });

  test('an unfinished study keeps what it has', () => {
    const rows = summarize(study().slice(0, 13));
    expect(rows.map(({ runs }) => runs)).toEqual([2, 2, ...Array.from({ length: 9 }, () => 1)]);
  });
});

describe('the table', () => {
  const lines = summaryTable(summarize(study())).split('\n');

  test('has a line for each arm and fraction, within 120 columns, without escape codes', () => {
    expect(lines).toHaveLength(3 + 11);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(lines.join('')).not.toContain('\u001b');
  });

  test('shows what the summary says', () => {
    expect(lines[3]).toMatch(/^dense +97\.\d ± 0\.1 .* 100 .* 1\.00$/);
    expect(lines.at(-2)).toMatch(/^lsh 5 % +95\.\d ± 0\.1 /);
    // Hashing 90,000 and look-ups 10,000 of 4,605,050 in all.
    expect(lines.at(-2)).toContain(' 2.2 ');
  });

  test('titles are whole even over narrow columns', () => {
    const [titles] = summaryTable(summarize([record()])).split('\n');
    expect(titles).toMatch(/^ +test accuracy, % .*multiply-adds, % of dense .* training time$/);
  });

  test('groups span all columns', () => {
    expect(columnGroups().reduce((sum, { span }) => sum + span, 0)).toBe(COLUMNS.length);
  });
});
