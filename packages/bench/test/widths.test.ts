import { rectangles } from '@hashgrad/datasets';
import type { LshSpec } from '@hashgrad/sparse-nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { armSpec } from '../src/arms.ts';
import { accuracyByWidth, accuracySeries, secondsByWidth, widthSeries } from '../src/plots/widths.ts';
import { standalone } from '../src/plots/standalone.ts';
import { conclude, conclusionText } from '../src/widths-conclusions.ts';
import { renderWidthsReport, widthsTable } from '../src/widths-report.ts';
import { bestBatch, planWidths, runWidths, widthRows } from '../src/widths-study.ts';
import type { WidthResult, WidthsSettings } from '../src/widths-study.ts';
import type { RunRecord } from '../src/records.ts';
import { record } from './synthetic.ts';

const settings: WidthsSettings = {
  widths: [64, 32],
  arms: ['dense', 'lsh'],
  active: { count: 8 },
  seeds: [1],
  epochs: 1,
  batchSize: 50,
  threads: 1,
  rate: 0.003,
  denseBatches: [100, 50],
};
const split = rectangles({ train: 220, test: 60, seed: 1 });
const context = {
  started: '2026-11-23T20:15:00.000Z',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 8, platform: 'linux x64', node: 'v26.10.0' },
};

/** A width with made-up figures: seconds and accuracy of dense, narrow and lsh, and dense's gain by a batch of 512. */
function made(
  width: number,
  seconds: readonly [number, number, number],
  accuracy: readonly [number, number, number],
  gain = 1,
): WidthResult {
  const arms = ['dense', 'narrow', 'lsh'] as const;
  return {
    width,
    records: arms.map((arm, index) =>
      record({
        arm,
        fraction: arm === 'dense' ? 1 : 0.05,
        units: [784, width, 10],
        batchSize: 128,
        seconds: seconds[index] as number,
        accuracy: { full: accuracy[index] as number, sparse: accuracy[index] as number },
      }),
    ),
    dense: [
      { batchSize: 128, steps: 16, secondsPerSample: 0.001 },
      { batchSize: 512, steps: 4, secondsPerSample: 0.001 / gain },
    ],
  };
}

describe('a small study of widths', () => {
  let results: readonly WidthResult[];
  const told: string[] = [];
  beforeAll(async () => {
    results = await runWidths(split, settings, {
      onRecord: ({ arm, units }) => told.push(`${arm} ${units[1]}`),
      onResult: ({ width }) => told.push(`all of ${width}`),
    });
  });

  test('trains every arm at every width, the narrowest first, and tells each as it is done', () => {
    expect(told).toEqual(['dense 32', 'lsh 32', 'all of 32', 'dense 64', 'lsh 64', 'all of 64']);
    for (const { width, records } of results) {
      const [dense, lsh] = records as [RunRecord, RunRecord];
      for (const { units } of records) expect(units).toEqual([784, width, 2]);
      expect(dense.activeShare).toBe(1);
      expect(lsh.activeShare * width).toBeGreaterThan(1);
      expect(lsh.activeShare * width).toBeLessThanOrEqual(8 + 1e-9);
    }
  });

  test('times dense at each batch size, its own among them', () => {
    for (const result of results) {
      expect(result.dense.map(({ batchSize }) => batchSize)).toEqual([50, 100]);
      for (const { secondsPerSample } of result.dense) expect(secondsPerSample).toBeGreaterThan(0);
      expect(bestBatch(result)?.share).toBeLessThanOrEqual(1);
    }
  });

  test('is told in a table, a report and files', () => {
    const rows = results.flatMap(widthRows);
    const once = ['dense', 'dense, best batch', 'lsh'];
    expect(rows.map(({ label }) => label)).toEqual([...once, ...once]);
    expect(widthsTable(results).match(/│ lsh /g)).toHaveLength(2);
    const html = renderWidthsReport(results, context);
    expect(html.match(/<figure/g)).toHaveLength(2);
    expect(html).toContain('lsh trains faster than dense at its best batch size: ');
    expect(html).toContain('<dt>Active units</dt><dd>8</dd>');
    expect(html).not.toMatch(/NaN|undefined/);
    for (const file of [
      standalone(secondsByWidth(rows), widthSeries(rows)),
      standalone(accuracyByWidth(rows), accuracySeries(rows)),
    ]) {
      expect(file).toMatch(/^<svg [^]*<\/svg>\s*$/);
      expect(file).not.toMatch(/NaN|undefined|var\(/);
    }
  });

  test('without dense nothing is relative to it, and without lsh nothing is concluded', async () => {
    const [narrow] = await runWidths(split, { ...settings, widths: [32], arms: ['narrow'] });
    expect(narrow?.dense).toEqual([]);
    expect(widthRows(narrow as WidthResult).map(({ relative }) => relative)).toEqual([null]);
    expect(conclude([narrow as WidthResult])).toEqual([]);
    expect(renderWidthsReport([narrow as WidthResult], context)).not.toContain('Where hashing wins');
  });
});

describe('the rows of a width', () => {
  test('compare times with dense at its best batch size, worked out by hand', () => {
    // Two epochs of 4 s in all; at a batch of 512 dense takes a half of them: 1 s an epoch.
    const rows = widthRows(made(1000, [4, 1, 3], [0.9, 0.9, 0.9], 2));
    expect(rows.map(({ label, secondsPerEpoch, relative }) => [label, secondsPerEpoch, relative])).toEqual([
      ['dense', 2, 2],
      ['dense, best batch', 1, 1],
      ['narrow', 0.5, 0.5],
      ['lsh', 1.5, 1.5],
    ]);
  });
});

describe('the conclusions', () => {
  test('name the width from which on hashing wins', () => {
    const texts = conclude([
      made(1000, [4, 1, 3], [0.95, 0.9, 0.85], 2),
      made(2000, [8, 1, 3], [0.95, 0.9, 0.9], 2),
      made(4000, [16, 1, 4], [0.95, 0.9, 0.92], 2),
    ]).map(conclusionText);
    expect(texts).toEqual([
      // 3 of 4 s, but dense takes 2 at its best batch size.
      'lsh trains faster than dense at its best batch size: from a width of 2,000 on.',
      'lsh trains faster than narrow: at none of these widths.',
      'lsh is at least as accurate as dense, computing all units: at none of these widths.',
      'lsh is at least as accurate as narrow, computing all units: from a width of 2,000 on.',
      'lsh is at least as accurate as narrow, computing only the chosen units: from a width of 2,000 on.',
    ]);
  });
});

describe('planning', () => {
  test('a count is the same number of units at every width', () => {
    const studies = planWidths({ ...settings, widths: [1000, 7000, 64_000], active: { count: 200 } });
    for (const { hidden, fractions } of studies) {
      const [width, fraction] = [hidden[0] as number, fractions[0] as number];
      const narrow = armSpec('narrow', { inputs: 784, hidden, classes: 10, fraction, rate: 0.001 });
      expect(narrow.layers[0]?.units).toBe(200);
      expect(Math.round(fraction * width)).toBe(200);
    }
  });

  test('refuses what makes no study', async () => {
    const plan = (change: Partial<WidthsSettings>) => () => planWidths({ ...settings, ...change });
    expect(plan({ widths: [] })).toThrow('at least one of its widths');
    expect(plan({ widths: [32, 32] })).toThrow('The list of widths holds 32 twice.');
    expect(plan({ active: { count: 33 } })).toThrow(
      '33 active units were asked for, but the narrowest layer has 32.',
    );
    expect(plan({ active: { fraction: 2 } })).toThrow('above 0 and up to 1, but 2');
    expect(plan({ arms: ['lsj'] })).toThrow('There is no arm "lsj"');
    await expect(runWidths(split, { ...settings, denseBatches: [512] })).rejects.toThrow(
      'Dense cannot be timed at batches of 512: there are 220 training samples.',
    );
  });
});

describe('the tables of lsh', () => {
  test('have a bit more for each doubling of the units, so that a bucket keeps its size', () => {
    const bits = [32, 1000, 2000, 4000, 64_000].map((width) => {
      const options = { inputs: 784, hidden: [width], classes: 10, fraction: 0.05, rate: 0.001 };
      const select = armSpec('lsh', options).layers[0]?.select as LshSpec | undefined;
      return select?.family['bits'];
    });
    expect(bits).toEqual([4, 4, 5, 6, 10]);
  });
});
