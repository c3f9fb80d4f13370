import { describe, expect, test } from 'vitest';
import { studyMetrics, summarize } from '../../src/analysis/aggregate.ts';
import { COST_WEIGHTS } from '@hashgrad/sparse-nn';
import { seriesOf, totalWork, weighted } from '../../src/analysis/costs.ts';
import { METRICS, metricInfo, metricValue } from '../../src/analysis/metrics.ts';
import { pointKey } from '../../src/analysis/runs.ts';
import type { TrialRecord } from '../../src/engine/record.ts';
import { madeUp, records, study } from '../made-up.ts';

const two = { metrics: ['loss'], seeds: [1, 2, 3] };

function at(startedAt: string, loss: number, failed: boolean = false): TrialRecord {
  return madeUp({}, 1, failed ? {} : { loss }, { startedAt, ...(failed ? { error: { message: 'x' } } : {}) });
}

function meanLoss(...list: TrialRecord[]): number | undefined {
  return summarize(two, list)[0]?.metrics['loss']?.mean;
}

function run(seed: number, data: number): TrialRecord {
  return madeUp({}, seed, { loss: 1 }, {}, { config: { task: { seed: data, rows: 5 }, list: [1] } });
}

describe('summarize', () => {
  test('means over seeds by point, by hand; trials of tuning are left out', () => {
    const [lsh, dense] = summarize(two, [
      madeUp({ arm: 'lsh' }, 1, { loss: 1 }),
      madeUp({ arm: 'dense' }, 1, { loss: 5 }),
      madeUp({ arm: 'lsh' }, 3, { loss: 4 }),
      madeUp({ arm: 'lsh' }, 2, { loss: 100 }, {}, { stage: 'tune' }),
    ]);
    expect(lsh?.metrics['loss']).toMatchObject({
      n: 2,
      mean: 2.5,
      deviation: expect.closeTo(Math.sqrt(4.5), 12),
    });
    expect(lsh).toMatchObject({ seeds: [1, 3], missing: [2], failed: [], shared: false });
    expect(dense?.metrics['loss']).toMatchObject({ n: 1, mean: 5, high: null });
    expect(dense?.missing).toEqual([2, 3]);
  });

  test('names the trial that failed and the one that is missing', () => {
    const points = summarize(study, records());
    expect(points).toHaveLength(16);
    expect(points.flatMap(({ point, missing }) => (missing.length > 0 ? [{ point, missing }] : []))).toEqual([
      { point: { arm: 'random', fraction: '5 %' }, missing: [5] },
    ]);
    expect(points.flatMap(({ point, failed }) => (failed.length > 0 ? [{ point, failed }] : []))).toEqual([
      {
        point: { arm: 'topK', fraction: '10 %' },
        failed: [{ seed: 3, message: 'Out of memory: <4 GiB> were asked for.' }],
      },
    ]);
  });

  test('of two records of a trial the later one counts, and one that finished before one that failed', () => {
    expect(meanLoss(at('2026-02', 2), at('2026-01', 1))).toBe(2);
    expect(meanLoss(at('2026-01', 1), at('2026-02', 2))).toBe(2);
    expect(meanLoss(at('2026-01', 1), at('2026-02', 0, true))).toBe(1);
    expect(meanLoss(at('2026-01', 0, true), at('2026-02', 2))).toBe(2);
    expect(meanLoss(at('2026-02', 0, true), at('2026-01', 1))).toBe(1);
  });

  test('says what varies beside the seed', () => {
    expect(summarize(two, [run(1, 1), run(2, 2)])[0]?.varies).toEqual(['task.seed']);
    expect(summarize(two, [run(1, 1), run(2, 1)])[0]?.varies).toEqual([]);
  });

  test('refuses to mix studies', () => {
    const other = madeUp({}, 1, {}, {}, { study: 'other' });
    expect(() => summarize(two, [madeUp({}, 1, {}), other])).toThrow(
      '2 studies, which cannot be compared: made-up, other',
    );
  });

  test('the order of a point’s factors does not matter', () => {
    expect(pointKey({ a: '1', b: '2' })).toBe(pointKey({ b: '2', a: '1' }));
    expect(pointKey({ a: '1', b: '2' })).not.toBe(pointKey({ a: '2', b: '1' }));
  });
});

describe('metrics', () => {
  test('an unknown one is refused with a list of what there is, own ones included', () => {
    const own = { ...METRICS[0]!, name: 'mine', title: 'my own' };
    expect(() => metricInfo('acuracy', [own])).toThrow(
      /no metric "acuracy".*There are mine, accuracy\.full, .*work/,
    );
    expect(studyMetrics({ metrics: [own, 'mine'] })).toEqual([own, own]);
  });

  test('work is all counts of all parts by the table of weights', () => {
    const cost = { multiplyAdds: 100, comparisons: 10, additions: 5, words: 3, entries: 2, candidates: 1 };
    expect(weighted(cost)).toBe(100 + 10 * 24 + 5 + 3 * 10 + 2 * 24 + 80);
    expect(totalWork({ a: cost, b: cost })).toBe(2 * 503);
    const counts = { multiplyAdds: [1, 2], comparisons: [0, 0], additions: [0, 0], words: [0, 0] };
    const series = { ...counts, entries: [3, 5], candidates: [0, 1], loss: [2, 1] };
    const record = madeUp({}, 1, {}, { series });
    const last = 2 + 5 * COST_WEIGHTS.entries + COST_WEIGHTS.candidates;
    expect(seriesOf(record, 'work')).toEqual([1 + 3 * COST_WEIGHTS.entries, last]);
    expect(seriesOf(record, 'loss')).toEqual([2, 1]);
    expect(seriesOf(madeUp({}, 1, {}, { series: counts }), 'work')).toBeUndefined();
    expect(metricValue(madeUp({}, 1, {}, { cost: { a: cost, b: cost } }), 'work')).toBe(2 * 503);
    expect(metricValue(madeUp({}, 1, {}), 'work')).toBeUndefined();
    expect(metricValue(madeUp({}, 1, { loss: 1 }, { error: { message: 'x' } }), 'loss')).toBeUndefined();
  });

  test('names are given once', () => {
    const names = METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
